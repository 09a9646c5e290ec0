import assert from "node:assert/strict";
import test from "node:test";
import { placeOf, stepsOf, unreadTimelines } from "../src/attachments";
import type { Place, TimelineRecord } from "../src/host";

const timeline = "96ac2280-8cb4-5df5-99de-dd2da759617d";
const record = "4d7e3c5a-0f1b-5c2d-8e3f-a1b2c3d4e5f6";
const end = `/builds/7/${timeline}/${record}/attachments/armpreflight.report-json.v1/armpreflight-report-1`;

for (const [name, address] of Object.entries({
  "Azure DevOps Services": "https://dev.azure.com/contoso/5f2b8f5e-2b44-4d8e-9f4b-0a4c1d2e3f40/_apis/build",
  "an old address": "https://contoso.visualstudio.com/5f2b8f5e-2b44-4d8e-9f4b-0a4c1d2e3f40/_apis/build",
  "an old address with its collection": "https://contoso.visualstudio.com/DefaultCollection/5f2b8f5e-2b44-4d8e-9f4b-0a4c1d2e3f40/_apis/build",
  "a server with a virtual folder": "http://tfs:8080/tfs/Default%20Collection/5f2b8f5e-2b44-4d8e-9f4b-0a4c1d2e3f40/_apis/build",
  "a server without one": "https://devops.contoso.example/Default/Shop/_apis/build",
  "a server below several folders": "https://contoso.example/a/b/c/Default/Shop/_apis/build",
})) {
  test(`the IDs of an attachment are found in ${name}`, () => {
    assert.deepEqual(placeOf({ name: "n", href: address + end }), { timeline, record, name: "n" });
  });
}

for (const [name, href] of Object.entries({
  "no URL": "",
  "one ID only": `https://dev.azure.com/c/p/_apis/build/builds/7/${record}/attachments/t/n`,
  "words instead of IDs": "https://dev.azure.com/c/p/_apis/build/builds/7/a/b/attachments/t/n",
  "IDs at another place": `https://dev.azure.com/${timeline}/${record}/_apis/build/builds/7/attachments/t/n`,
})) {
  test(`an attachment with ${name} is left out`, () => assert.equal(placeOf({ name: "n", href }), undefined));
}

const place = (at: string, of: string, name = "n"): Place => ({ timeline: of, record: at, name });
const rec = (id: string, type: string, name: string, parent?: string, more: Partial<TimelineRecord> = {}): TimelineRecord => ({ id, type, name, parent, order: 1, attempt: 1, previous: [], ...more });
const job = (stage: string, id: string, steps: TimelineRecord[], order = 1): TimelineRecord[] => [
  rec(`${id}-stage`, "Stage", stage, undefined, { order }),
  rec(`${id}-phase`, "Phase", "deploy", `${id}-stage`),
  rec(`${id}-job`, "Job", "deploy", `${id}-phase`),
  ...steps.map((s) => ({ ...s, parent: `${id}-job` })),
];

test("steps have their stage, job, and name, in the order of the pipeline", () => {
  const records = [...job("Production", "p", [rec("p1", "Task", "Check")], 2), ...job("Test", "t", [rec("t1", "Task", "Check")], 1)];
  const steps = stepsOf([place("p1", "now"), place("t1", "now")], [{ id: undefined, records }]);
  assert.deepEqual(steps.map((s) => s.path.join("/")), ["Test/deploy/Check", "Production/deploy/Check"]);
  assert.deepEqual(steps.map((s) => s.attempts[0]?.job), ["t-job", "p-job"]);
});

test("the stage of a pipeline without stages has no name", () => {
  const [step] = stepsOf([place("a", "now")], [{ id: undefined, records: job("__default", "j", [rec("a", "Task", "Check")]) }]);
  assert.deepEqual(step?.path, ["deploy", "Check"]);
});

test("two steps of a job with one name are two steps, with the same keys in another run", () => {
  const records = (prefix: string) => job("Test", prefix, [rec(prefix + "1", "Task", "Check", "", { order: 3 }), rec(prefix + "2", "Task", "Check", "", { order: 5 })]);
  const of = (prefix: string) => stepsOf([place(prefix + "2", "x"), place(prefix + "1", "x")], [{ id: undefined, records: records(prefix) }]);
  assert.equal(of("a").length, 2);
  assert.deepEqual(of("a").map((s) => s.key), of("b").map((s) => s.key));
  assert.deepEqual(of("a").map((s) => s.attempts[0]?.place.record), ["a1", "a2"]);
});

test("earlier attempts come after the newest one", () => {
  const now = job("Test", "n", [rec("n2", "Task", "Check", "", { attempt: 2, previous: [{ attempt: 1, timeline: "old", record: "o1" }] })]);
  const [step, ...others] = stepsOf([place("o1", "old"), place("n2", "now")], [{ id: undefined, records: now }]);
  assert.equal(others.length, 0);
  assert.deepEqual(step?.attempts.map((a) => [a.number, a.place.record]), [[2, "n2"], [1, "o1"]]);
});

test("an earlier attempt that only its own timeline knows is read from there", () => {
  const now = job("Test", "n", [rec("n2", "Task", "Check", "", { attempt: 2 })]).map((r) => (r.type === "Stage" ? { ...r, attempt: 2 } : r));
  const old = job("Test", "o", [rec("o1", "Task", "Check")]);
  const places = [place("o1", "old"), place("n2", "now")];
  assert.deepEqual(unreadTimelines(places, [{ id: undefined, records: now }]), ["old"]);
  const both = [{ id: undefined, records: now }, { id: "old", records: old }];
  assert.deepEqual(unreadTimelines(places, both), []);
  const steps = stepsOf(places, both);
  assert.equal(steps.length, 1);
  assert.deepEqual(steps[0]?.attempts.map((a) => a.number), [2, 1]);
});

test("without a timeline, each attachment is a step without a name", () => {
  const steps = stepsOf([place("a", "t"), place("b", "t")], []);
  assert.deepEqual(steps.map((s) => [s.path.length, s.attempts.length]), [[0, 1], [0, 1]]);
});

test("a timeline whose records contain each other ends", () => {
  const records = [rec("a", "Task", "Check", "b"), rec("b", "Job", "deploy", "c"), rec("c", "Stage", "Test", "b")];
  assert.equal(stepsOf([place("a", "t")], [{ id: undefined, records }]).length, 1);
});
