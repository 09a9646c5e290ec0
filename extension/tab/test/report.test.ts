import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { broken, expiryOf, pathOf, read, stepsOf, type Report } from "../src/report";

const folder = "extension/tab/test/reports/";
const text = (name: string): string => readFileSync(`${folder}${name}.json`, "utf8");
const report = (name: string): Report => {
  const reading = read(text(name));
  assert.equal(reading.kind, "report");
  return (reading as { report: Report }).report;
};

// go run ./cmd/demo --scenario NAME --report extension/tab/test/reports/NAME.json
for (const file of readdirSync(folder)) {
  test(`the report ${file} is read with everything in it`, () => {
    const name = file.replace(".json", "");
    assert.deepEqual(report(name), JSON.parse(text(name)));
  });
}

const minimal = { schemaVersion: "1", tool: "t", started: "2026-11-29T00:00:00Z", seconds: 1, connection: { id: "c" }, failOn: "fail", result: "pass", step: "Succeeded", line: "ready", checks: [] };
const check = { id: "network", layer: "network", title: "t", status: "pass", seconds: 0 };
const json = (more: object): string => JSON.stringify({ ...minimal, ...more });

for (const [name, source, kind] of [
  ["not JSON", "<script>", "no report"],
  ["a text", '"report"', "no report"],
  ["null", "null", "no report"],
  ["a list", "[]", "no report"],
  ["an object without a version", "{}", "no report"],
  ["a version in the prototype", '{"__proto__":{"schemaVersion":"1"}}', "no report"],
  ["a later version", '{"schemaVersion":"2"}', "other form"],
  ["a version that's a number", '{"schemaVersion":1}', "other form"],
  ["a missing field", json({ line: undefined }), "no report"],
  ["a field of another type", json({ checks: {} }), "no report"],
  ["a number that's a text", json({ seconds: "1" }), "no report"],
  ["a status of a later version", json({ checks: [{ ...check, status: "skipped-by-magic" }] }), "other form"],
  ["more parts than any run writes", json({ checks: Array(70_000).fill(check) }), "no report"],
] as const) {
  test(`${name} is ${kind === "other form" ? "a report of another form" : "no report"}`, () => assert.equal(read(source).kind, kind));
}

test("fields of a later version aren't copied, and an optional word of one is left out", () => {
  const reading = read(json({ new: 1, checks: [{ ...check, mood: "fine", findings: [{ status: "fail", code: "c", text: "t", confidence: "guessed" }] }] }));
  assert.equal(reading.kind, "report");
  const copied = JSON.stringify(reading);
  for (const word of ["new", "mood", "guessed"]) assert.ok(!copied.includes(word), word);
});

test("keys of the prototype stay outside", () => {
  const reading = read(json({}).replace('"tool"', '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"tool"'));
  assert.equal(reading.kind, "report");
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  const made = (reading as { report: object }).report;
  assert.equal(Object.getPrototypeOf(made), Object.prototype);
  assert.ok(!Object.hasOwn(made, "__proto__") && !Object.hasOwn(made, "constructor"));
});

test("a report nested a million levels deep isn't followed", () => {
  const deep = 1_000_000;
  assert.notEqual(read(json({}).replace('"checks":[]', `"checks":${"[".repeat(deep)}${"]".repeat(deep)}`)).kind, "report");
});

test("what to do comes worst first, without what nobody waits for", () => {
  const finding = (status: string) => [{ status, code: "c", text: "t" }];
  const reading = read(json({ checks: [
    { ...check, id: "warns", status: "warn", findings: finding("warn") },
    { ...check, id: "advisory", status: "unknown", advisory: true, findings: finding("unknown") },
    { ...check, id: "unknown", status: "unknown", findings: finding("unknown") },
    { ...check, id: "fails", status: "fail", findings: finding("fail") },
    { ...check, id: "skipped", status: "skip", findings: finding("fail") },
  ] }));
  assert.deepEqual(broken((reading as { report: Report }).report).map((c) => c.id), ["fails", "unknown", "warns"]);
});

test("the way to Azure ends where it's broken", () => {
  assert.deepEqual(pathOf(report("expired-secret")).map((s) => s.status), ["pass", "pass", "pass", "fail", undefined]);
});

test("a waived failure is a warning on the way", () => {
  assert.equal(pathOf(report("waived-failure")).at(-1)?.status, "warn");
});

test("commands and URLs of a step are to paste", () => {
  const [finding] = broken(report("expired-secret"))[0]?.findings ?? [];
  assert.deepEqual(stepsOf(finding!)[0]?.map((l) => l.paste), [false, true]);
});

for (const [days, status] of [[-1, "fail"], [2, "fail"], [3, "warn"], [13, "warn"], [14, "pass"]] as const) {
  test(`${days} days to expiry are ${status}`, () => {
    const reading = read(json({ daysToExpiry: days, expiryThresholds: { warning: 14, error: 3 } }));
    assert.equal(expiryOf((reading as { report: Report }).report)?.status, status);
  });
}
