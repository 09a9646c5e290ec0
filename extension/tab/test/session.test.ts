import assert from "node:assert/strict";
import test from "node:test";
import { HostError, type Host, type Place, type Run, type TimelineRecord } from "../src/host";
import { Session, type Snapshot } from "../src/session";

const guid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const report = (started: string): string => JSON.stringify({ schemaVersion: "1", tool: "t", started, seconds: 1, connection: { id: "c" }, failOn: "fail", result: "pass", step: "Succeeded", line: started, checks: [] });
const lines = (s: Snapshot): string[] => s.steps.map((step) => (step.loaded.state === "read" && step.loaded.reading.kind === "report" ? step.loaded.reading.report.line : step.loaded.state));

interface Kept extends Place {
  readonly text: string;
}

/** A host that keeps everything in memory and counts what it's asked. */
class Memory implements Host {
  readonly id = 7;
  asked: string[] = [];
  kept = new Map<number, Kept[]>();
  timelines = new Map<string, TimelineRecord[]>();
  runs: Run[] = [];
  fail = new Set<string>();

  private ask<T>(what: string, answer: T): Promise<T> {
    this.asked.push(what);
    return this.fail.has(what) ? Promise.reject(new HostError("refused", 503)) : Promise.resolve(answer);
  }
  run() {
    return this.ask("run", { id: 7, name: "7", pipeline: 1, branch: "b", finished: true, queued: undefined });
  }
  attachments(run: number) {
    return this.ask(`list ${run}`, (this.kept.get(run) ?? []).map((k) => ({ name: k.name, href: `x/${k.timeline}/${k.record}/attachments/t/${k.name}` })));
  }
  content(run: number, place: Place) {
    return this.ask(`content ${place.name}`, this.kept.get(run)?.find((k) => k.name === place.name)?.text ?? "");
  }
  timeline(run: number, id = "") {
    return this.ask(`timeline ${run} ${id}`, this.timelines.get(`${run} ${id}`) ?? []);
  }
  successfulBefore(_: Run, branch: string | undefined, most: number) {
    return this.ask(`successful ${branch}`, this.runs.filter((r) => branch === undefined || r.branch === branch).slice(0, most));
  }
  logURL(): undefined {}
  connectionURL(): undefined {}
}

const task = (id: number, name: string, more: Partial<TimelineRecord> = {}): TimelineRecord => ({ id: guid(id), parent: undefined, type: "Task", name, order: id, attempt: 1, previous: [], ...more });
const kept = (record: number, name: string, text = report(name), timeline = 1): Kept => ({ timeline: guid(timeline), record: guid(record), name, text });
const nothing = (): void => {};

test("a run with one step takes four requests, and another look two", async () => {
  const host = new Memory();
  host.kept.set(7, [kept(1, "one")]);
  host.timelines.set("7 ", [task(1, "Check")]);
  const session = new Session(host);
  assert.deepEqual(lines(await session.refresh(nothing)), ["one"]);
  assert.equal(host.asked.length, 4);
  await session.refresh(nothing);
  assert.deepEqual(host.asked.slice(4), ["run", "list 7"]);
});

test("a report that's added is loaded, with the timeline, and the others aren't loaded again", async () => {
  const host = new Memory();
  host.kept.set(7, [kept(1, "one")]);
  host.timelines.set("7 ", [task(1, "Check")]);
  const session = new Session(host);
  await session.refresh(nothing);
  host.asked = [];
  host.kept.set(7, [kept(1, "one"), kept(2, "two")]);
  host.timelines.set("7 ", [task(1, "Check"), task(2, "Check again")]);
  assert.deepEqual(lines(await session.refresh(nothing)), ["one", "two"]);
  assert.deepEqual(host.asked, ["run", "list 7", "timeline 7 ", "content two"]);
});

test("a report that couldn't be loaded is loaded again", async () => {
  const host = new Memory();
  host.kept.set(7, [kept(1, "one")]);
  host.timelines.set("7 ", [task(1, "Check")]);
  host.fail.add("content one");
  const session = new Session(host);
  assert.deepEqual(lines(await session.refresh(nothing)), ["failed"]);
  host.fail.clear();
  assert.deepEqual(lines(await session.refresh(nothing)), ["one"]);
});

test("without the timeline, the reports are shown all the same", async () => {
  const host = new Memory();
  host.kept.set(7, [kept(1, "one"), kept(2, "two")]);
  host.fail.add("timeline 7 ");
  assert.deepEqual(lines(await new Session(host).refresh(nothing)), ["one", "two"]);
});

test("a run whose list can't be read is a refusal", async () => {
  const host = new Memory();
  host.fail.add("list 7");
  await assert.rejects(new Session(host).refresh(nothing), { status: 503 });
});

test("an earlier attempt is never shown as a step of its own", async () => {
  const host = new Memory();
  host.kept.set(7, [kept(1, "old", report("old"), 2), kept(2, "new", report("new"), 1)]);
  host.timelines.set("7 ", [task(2, "Check", { attempt: 2 })]);
  host.timelines.set(`7 ${guid(2)}`, [task(1, "Check")]);
  const seen: string[][] = [];
  const all = await new Session(host).refresh((s) => seen.push(lines(s)));
  assert.deepEqual(lines(all), ["new"]);
  assert.deepEqual(all.steps[0]?.earlier.map((a) => a.place.name), ["old"]);
  assert.ok(seen.every((s) => s.length === 1), JSON.stringify(seen));
});

test("of several reports of a task that was retried, the latest counts", async () => {
  const host = new Memory();
  host.kept.set(7, [kept(1, "b", report("2026-11-29T12:00:05Z")), kept(1, "a", report("2026-11-29T12:00:09Z")), kept(1, "c", report("2026-11-29T12:00:01Z"))]);
  host.timelines.set("7 ", [task(1, "Check")]);
  const all = await new Session(host).refresh(nothing);
  assert.deepEqual(lines(all), ["2026-11-29T12:00:09Z"]);
  assert.equal(all.steps[0]?.earlier.length, 2);
});

test("fifty reports are loaded six at a time", async () => {
  const host = new Memory();
  host.kept.set(7, Array.from({ length: 50 }, (_, i) => kept(i, `r${i}`)));
  host.timelines.set("7 ", Array.from({ length: 50 }, (_, i) => task(i, `Check ${i}`)));
  let [now, most] = [0, 0];
  const content = host.content.bind(host);
  host.content = async (run, place) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now--;
    return content(run, place);
  };
  assert.equal((await new Session(host).refresh(nothing)).steps.length, 50);
  assert.equal(most, 6);
});

const earlier = (id: number, branch = "b"): Run => ({ id, name: String(id), pipeline: 1, branch, finished: true, queued: undefined });

async function successful(arrange: (host: Memory) => void): Promise<{ found: string | undefined; asked: string[] }> {
  const host = new Memory();
  host.kept.set(7, [kept(1, "now")]);
  host.timelines.set("7 ", [task(1, "Check")]);
  arrange(host);
  const session = new Session(host);
  const { run, steps } = await session.refresh(nothing);
  host.asked = [];
  const found = await session.lastSuccessful(run, steps[0]!.step, steps.length === 1);
  return { found: found && `${found.run.id}: ${found.report.line}`, asked: host.asked };
}

test("the last successful run of the branch is compared", async () => {
  const { found, asked } = await successful((host) => {
    host.runs = [earlier(6), earlier(5)];
    for (const id of [5, 6]) {
      host.kept.set(id, [kept(id * 10, `in ${id}`)]);
      host.timelines.set(`${id} `, [task(id * 10, "Check")]);
    }
  });
  assert.equal(found, "6: in 6");
  assert.deepEqual(asked, ["successful b", "list 6", "timeline 6 ", "content in 6"]);
});

test("a run without the step isn't, and one of another branch only if the branch has none", async () => {
  const { found } = await successful((host) => {
    host.runs = [earlier(6), earlier(5, "main")];
    host.kept.set(5, [kept(50, "in 5"), kept(51, "another")]);
    host.timelines.set("5 ", [task(50, "Check"), task(51, "Other")]);
  });
  assert.equal(found, "5: in 5");
});

test("a step that was renamed is compared if it's the only one in both runs", async () => {
  const one = (host: Memory): void => {
    host.runs = [earlier(6)];
    host.kept.set(6, [kept(60, "in 6")]);
    host.timelines.set("6 ", [task(60, "An older name")]);
  };
  assert.equal((await successful(one)).found, "6: in 6");
  const two = (host: Memory): void => {
    one(host);
    host.kept.set(7, [kept(1, "now"), kept(2, "other")]);
    host.timelines.set("7 ", [task(1, "Check"), task(2, "Other")]);
  };
  assert.equal((await successful(two)).found, undefined);
});
