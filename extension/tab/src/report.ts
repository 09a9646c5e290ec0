import schema from "../../../docs/report.schema.json";
import type { Check, Finding, Report, Status } from "./report.gen";
import { conform, Misfit, type Schema } from "./schema";

export type { Check, Finding, Report, Status };

/** The verdicts of a run, worst first. */
export const verdicts = ["fail", "unknown", "warn", "pass"] as const satisfies readonly Status[];

/** All statuses of a check, worst first. */
export const statuses = [...verdicts, "skip"] as const satisfies readonly Status[];

/** The largest report in bytes that is read: `armpreflight render` reads no larger one. */
export const mostBytes = 6 << 20;

/** More parts (texts, numbers, lists, objects) than a run with two hundred connections writes. */
const mostParts = 400_000;

/** What a text turned out to be. Another form is that of a later version, or one with words that this version doesn't know. */
export type Reading =
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "other form"; readonly version: string }
  | { readonly kind: "no report"; readonly why: string };

/** Reads the text of a report. Nothing in it is trusted: what it returns has the fields of the schema only. */
export function read(text: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "no report", why: "it isn't JSON" };
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "schemaVersion")) {
    return { kind: "no report", why: "it has no schemaVersion" };
  }
  const version = (value as { schemaVersion: unknown }).schemaVersion;
  if (version !== schema.properties.schemaVersion.const) {
    return { kind: "other form", version: typeof version === "string" ? version.slice(0, 20) : "?" };
  }
  try {
    return { kind: "report", report: conform(schema as Schema, value, mostParts) as Report };
  } catch (e) {
    if (!(e instanceof Misfit)) throw e;
    return e.message.endsWith("unknown value") ? { kind: "other form", version } : { kind: "no report", why: e.message };
  }
}

/** How grave a status is; more is worse, and a skipped check weighs nothing. */
export function gravity(status: Status): number {
  return statuses.length - statuses.indexOf(status);
}

/** Whether a check has nothing to say about the connection: it didn't run, or nobody waits for what it couldn't determine. */
export function silent(check: Check): boolean {
  return check.status === "skip" || (check.advisory === true && check.status === "unknown");
}

/** The checks with findings to act on, worst first. */
export function broken(report: Report): Check[] {
  const found = report.checks.filter((c) => (c.findings?.length ?? 0) > 0 && !silent(c));
  return found.sort((a, b) => gravity(b.status) - gravity(a.status));
}

/** What the table of checks says about one, line by line. */
export function textOf(check: Check): string[] {
  if (check.blockedBy?.length) return [`blocked by ${check.blockedBy.join(", ")}`];
  if (check.notAsked) return ["not requested"];
  const isFault = check.findings?.[0]?.code === "tool-fault"; // its note is a stack trace
  return [check.text ?? "", ...(isFault ? [] : (check.notes ?? []))].filter((line) => line !== "");
}

/** A line of a step; pasted lines are commands and URLs. */
export interface Line {
  readonly text: string;
  readonly paste: boolean;
}

/** The steps of a finding, line by line. */
export function stepsOf(finding: Finding): Line[][] {
  const lines = finding.stepLines;
  return (finding.steps ?? []).map((step, i) => {
    const own = lines?.length === finding.steps?.length ? lines?.[i] : undefined;
    return own?.length ? own.map((text, j) => ({ text, paste: j % 2 === 1 })) : [{ text: step, paste: false }];
  });
}

/** A station on the way from the pipeline to Azure; without a status, nothing of it was checked. */
export interface Station {
  readonly layer: string;
  readonly status: Status | undefined;
}

/** The way that the requests of the first connection take, with the worst result at each station. */
export function pathOf(report: Report): Station[] {
  return ["pipeline", "connection", "network", "identity", "azure"].map((layer) => {
    let worst: Status | undefined;
    for (const c of report.checks) {
      if (c.layer !== layer || c.id.includes("/") || silent(c)) continue;
      const status = counts(c);
      if (worst === undefined || gravity(status) > gravity(worst)) worst = status;
    }
    return { layer, status: worst };
  });
}

/** What a check counts for; a waived failure counts as a warning. */
function counts(check: Check): Status {
  const found = check.findings ?? [];
  const nobodyWaits = (status: Status) => check.advisory === true && status === "unknown";
  const open = found.find((f) => f.waived === undefined); // the worst comes first
  if (open !== undefined) return nobodyWaits(open.status) ? "pass" : open.status;
  const accepted = found.some((f) => f.status === "fail" || (f.status === "unknown" && !nobodyWaits(f.status)));
  return accepted ? "warn" : found.length > 0 ? "pass" : check.status;
}

/** How the days until the credential expires are judged; undefined if they aren't known. */
export function expiryOf(report: Report): { days: number; status: Status } | undefined {
  const days = report.daysToExpiry;
  if (days === undefined) return undefined;
  const { warning = 0, error = 0 } = report.expiryThresholds ?? {};
  return { days, status: days < 0 || days < error ? "fail" : days < warning ? "warn" : "pass" };
}
