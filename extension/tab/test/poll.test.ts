import assert from "node:assert/strict";
import test from "node:test";
import { pace, poll, type Pace } from "../src/poll";

/** Polls with a clock of its own, and says how it ended and after which waits. */
async function run(look: (n: number) => boolean | Error, p: Pace = pace, stopAt = Infinity): Promise<{ ended: string; waits: number[] }> {
  const waits: number[] = [];
  let clock = 0;
  const ended = await poll(
    async () => {
      const answer = look(waits.length);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    async (time) => ((clock += time), waits.push(time) < stopAt),
    () => clock,
    p,
  );
  return { ended, waits };
}

test("polling ends when the run has", async () => {
  assert.deepEqual(await run((n) => n === 3), { ended: "finished", waits: [5000, 6000, 7200] });
});

test("polling gets slower, and stops after an hour", async () => {
  const { ended, waits } = await run(() => false);
  assert.equal(ended, "limit");
  assert.equal(Math.max(...waits), pace.longest);
  const sum = waits.reduce((a, b) => a + b);
  assert.ok(sum <= pace.limit && sum > pace.limit - pace.longest, String(sum));
  assert.ok(waits.length < 140, String(waits.length));
});

test("a few failures in a row don't end it", async () => {
  const { ended } = await run((n) => (n === 12 ? true : n % 4 === 0 ? false : new Error("no")));
  assert.equal(ended, "finished");
});

test("too many failures in a row do", async () => {
  assert.equal((await run(() => new Error("no"))).waits.length, pace.failures);
});

test("someone can stop it", async () => {
  assert.equal((await run(() => false, pace, 2)).ended, "stopped");
});
