import type { Report } from "./report";
import { words } from "./words";

/** Something that differs between two reports. Undefined: that report doesn't know. */
export interface Change {
  readonly what: string;
  readonly then: string | undefined;
  readonly now: string | undefined;
}

export interface Comparison {
  /** What's wrong now comes first. */
  readonly changes: readonly Change[];
  /** What both reports know and is the same. */
  readonly same: readonly string[];
}

/** Compares two reports of one step: then is the older one. */
export function compare(then: Report, now: Report): Comparison {
  const rows = [...checks(then, now), ...facts(then, now), ...permissions(then, now)];
  const known = rows.filter((r) => r.then !== undefined || r.now !== undefined);
  return {
    changes: known.filter((r) => r.then !== r.now),
    same: known.filter((r) => r.then === r.now && r.then !== undefined && !r.quiet).map((r) => r.what),
  };
}

interface Row extends Change {
  /** Not worth a word while it's the same. */
  readonly quiet?: boolean;
}

/** The statuses of checks, with what they say where it differs. */
function checks(then: Report, now: Report): Row[] {
  const before = new Map(then.checks.map((c) => [c.id, c]));
  return now.checks.map((c) => {
    const old = before.get(c.id);
    const changed = old?.status !== c.status;
    const say = (check: typeof c | undefined) => (check === undefined ? undefined : [words.status[check.status], changed ? check.text : undefined].filter((text) => text).join(": "));
    return { what: c.id, then: say(old), now: say(c), quiet: true };
  });
}

function facts(then: Report, now: Report): Row[] {
  const all: Row[] = [];
  for (const [what, of] of Object.entries(ofReport)) all.push({ what, then: of(then), now: of(now) });
  const before = new Map((then.facts ?? []).map((f) => [f.id, f]));
  for (const f of now.facts ?? []) {
    all.push({ what: f.label, then: before.get(f.id)?.value, now: f.value });
    before.delete(f.id);
  }
  for (const f of before.values()) all.push({ what: f.label, then: f.value, now: undefined });
  return all;
}

/** What every report says about the connection and the program. */
const ofReport: Readonly<Record<string, (r: Report) => string | undefined>> = {
  [words.fact.connection]: (r) => r.connection.name,
  [words.fact.connectionID]: (r) => r.connection.id,
  [words.fact.scheme]: (r) => r.connection.scheme,
  [words.fact.cloud]: (r) => r.connection.cloud,
  [words.fact.tenant]: (r) => r.connection.tenantId,
  [words.fact.subscriptionID]: (r) => r.connection.subscriptionId,
  [words.fact.scope]: (r) => r.connection.scope,
  [words.fact.tool]: (r) => r.tool,
};

/** The permissions of a deployment whose state differs. */
function permissions(then: Report, now: Report): Row[] {
  const before = needs(then);
  const after = needs(now);
  if (before.size === 0 || after.size === 0) return []; // one of the runs deployed something else, or nothing
  const changed: Row[] = [];
  for (const [need, state] of after) {
    const old = before.get(need);
    if (old !== undefined && old !== state) changed.push({ what: need, then: words.need[old], now: words.need[state] });
  }
  return changed.length > 0 ? changed : [{ what: words.permissions, then: "", now: "" }];
}

function needs(report: Report): Map<string, keyof typeof words.need> {
  const all = new Map<string, keyof typeof words.need>();
  for (const scope of report.deployment?.scopes ?? []) {
    for (const need of scope.needs) all.set(words.needAt(need.action, need.dataAction === true, scope.name), need.state);
  }
  return all;
}
