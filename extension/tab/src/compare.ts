import { gravity, type Check, type Report } from "./report";
import { words } from "./words";

/** Something with its value in the older and in the newer report; undefined where a report doesn't know it. */
export interface Pair {
  readonly what: string;
  readonly then: string | undefined;
  readonly now: string | undefined;
}

export interface Comparison {
  /** What both know and differs: checks first, those that are worst now at the top, then facts, then permissions. */
  readonly changed: readonly Pair[];
  /** What only the older report knows, because the newer run got less far, or has other inputs. */
  readonly lost: readonly Pair[];
  /** What only the newer report knows. */
  readonly gained: readonly Pair[];
  /** What both know and is the same. */
  readonly same: readonly Pair[];
}

/** Compares two reports of one step; then is the older one. */
export function compare(then: Report, now: Report): Comparison {
  const facts = pairs(factsOf(then), factsOf(now));
  const checks = pairs(checksOf(then), checksOf(now));
  const status = new Map(now.checks.map((c) => [c.id, gravity(c.status)]));
  const worstFirst = differing(checks).sort((a, b) => (status.get(b.what) ?? 0) - (status.get(a.what) ?? 0));
  // Another deployment needs other permissions, so only those that both need are compared.
  const permissions = pairs(needsOf(then), needsOf(now));
  return {
    changed: [...withText(worstFirst, then, now), ...differing(facts), ...differing(permissions)],
    lost: [...facts, ...checks].filter((p) => p.now === undefined),
    gained: [...facts, ...checks].filter((p) => p.then === undefined),
    same: facts.filter((p) => p.then === p.now),
  };
}

type Values = ReadonlyMap<string, string>;

function pairs(then: Values, now: Values): Pair[] {
  return [...new Set([...then.keys(), ...now.keys()])].map((what) => ({ what, then: then.get(what), now: now.get(what) }));
}

function differing(all: readonly Pair[]): Pair[] {
  return all.filter((p) => p.then !== undefined && p.now !== undefined && p.then !== p.now);
}

/** The results of the checks that ran. */
function checksOf(report: Report): Values {
  return new Map(report.checks.filter((c) => c.status !== "skip").map((c) => [c.id, words.status[c.status]]));
}

/** Adds what the checks say to their results. */
function withText(checks: readonly Pair[], then: Report, now: Report): Pair[] {
  const say = (report: Report, id: string): string => {
    const check = report.checks.find((c) => c.id === id) as Check; // a pair that differs is in both
    return check.text ? `${words.status[check.status]}: ${check.text}` : words.status[check.status];
  };
  return checks.map(({ what }) => ({ what, then: say(then, what), now: say(now, what) }));
}

/** What a report says about the connection and the program, and the facts of its run. */
function factsOf(report: Report): Values {
  const c = report.connection;
  const w = words.fact;
  const all: [string, string | undefined][] = [
    [w.connection, c.name],
    [w.connectionID, c.id],
    [w.scheme, c.scheme],
    [w.cloud, c.cloud],
    [w.tenant, c.tenantId],
    [w.subscriptionID, c.subscriptionId],
    [w.scope, c.scope],
    ...(report.facts ?? []).map((f): [string, string] => [f.label, f.value]),
    [w.tool, report.tool],
  ];
  return new Map(all.filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ""));
}

/** The states of the permissions that a deployment needs. */
function needsOf(report: Report): Values {
  const all = new Map<string, string>();
  for (const scope of report.deployment?.scopes ?? []) {
    for (const n of scope.needs) all.set(words.needAt(n.action, n.dataAction === true, scope.name), words.need[n.state]);
  }
  return all;
}
