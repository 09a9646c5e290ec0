import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { compare } from "../src/compare";
import { read, type Report } from "../src/report";

const report = (name: string): Report => {
  const reading = read(readFileSync(`extension/tab/test/reports/${name}.json`, "utf8"));
  if (reading.kind !== "report") throw new Error(reading.kind);
  return reading.report;
};
const changed = (from: Report, to: Report): Record<string, string> => Object.fromEntries(compare(from, to).changed.map((c) => [c.what, `${c.then} → ${c.now}`]));
const withFact = (r: Report, id: string, value: string): Report => ({ ...r, facts: (r.facts ?? []).map((f) => (f.id === id ? { ...f, value } : f)) });

const green = report("healthy-expiry-by-graph");

test("a report has no differences from itself", () => {
  const { changed, lost, gained, same } = compare(green, green);
  assert.deepEqual([changed, lost, gained], [[], [], []]);
  assert.ok(same.length > 10);
});

test("an expired secret is the one difference, and what wasn't reached is known only then", () => {
  const now = report("expired-secret");
  assert.deepEqual(changed(green, now), { "access-token": "PASS: granted, valid for 60 minutes → FAIL: the client secret of connection 'prod-key' has expired" });
  const lost = compare(green, now).lost.map((p) => p.what);
  for (const what of ["token lifetime", "object ID", "credential expires", "subscription state", "permissions"]) assert.ok(lost.includes(what), what);
  assert.ok(compare(now, green).gained.some((p) => p.what === "object ID" && p.now?.startsWith("e41a")));
});

for (const [id, label, value] of [
  ["token-lifetime", "token lifetime", "24 hours"],
  ["object-id", "object ID", "00000000"],
  ["subscription-state", "subscription state", "disabled"],
  ["credential-expires", "credential expires", "2027-03-01"],
  ["agent", "agent", "self-hosted agent \"build-7\""],
  ["agent-version", "agent version", "4.265.1"],
  ["connection-changed", "connection last changed", "2026-11-29"],
] as const) {
  test(`another ${label} is a difference`, () => {
    const old = green.facts?.find((f) => f.id === id)?.value;
    assert.deepEqual(changed(green, withFact(green, id, value)), { [label]: `${old} → ${value}` });
  });
}

test("another issuer is a difference", () => {
  const federation = report("healthy-federation");
  assert.deepEqual(changed(withFact(federation, "issuer", "Azure DevOps (older)"), federation), { "issuer of the ID token": "Azure DevOps (older) → Microsoft Entra" });
});

test("another version of the program is a difference", () => {
  assert.deepEqual(changed({ ...green, tool: "armpreflight 0.9.0" }, green), { "ARM Preflight": "armpreflight 0.9.0 → armpreflight 1.0.0" });
});

test("a permission that's missing now is a difference, and one that only one deployment needs isn't", () => {
  const now = report("deployment-role-assignment");
  const then = structuredClone(now);
  for (const scope of then.deployment?.scopes ?? []) {
    for (const need of scope.needs) need.state = "granted";
    scope.needs.push({ action: "Microsoft.Other/things/write", certainty: "certain", state: "granted" });
  }
  assert.deepEqual(changed(then, now), { "Microsoft.Authorization/roleAssignments/write at resource group rg-app": "granted → missing" });
});

test("what became worst comes first", () => {
  const now = structuredClone(green);
  const at = (id: string) => now.checks.find((c) => c.id === id)!;
  at("network").status = "warn";
  at("permissions").status = "fail";
  at("subscription").status = "unknown";
  assert.deepEqual(compare(green, now).changed.map((c) => c.what), ["permissions", "subscription", "network"]);
});
