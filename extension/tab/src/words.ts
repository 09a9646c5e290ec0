import type { HostError } from "./host";

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/** Every text of the tab that isn't from a report. docs/style.md is how they're written. */
export const words = {
  product: "ARM Preflight",
  status: { fail: "FAIL", unknown: "UNKNOWN", warn: "WARN", pass: "PASS", skip: "SKIP" },
  /** Before the status, for those who don't see colors. */
  mark: { fail: "✕", unknown: "?", warn: "!", pass: "✓", skip: "–" },
  canceled: "CANCELED",

  loading: "Loading the report…",
  loadingStep: "Loading…",
  retry: "Try again",
  empty: {
    finished: { title: "This run has no ARM Preflight report", text: "Reports appear here when the step ArmPreflight@1 has run. A step that was skipped or stopped attaches none." },
    running: { title: "No ARM Preflight report yet", text: "The run is still going. The report appears here when the step ArmPreflight@1 has run." },
  },
  error: (e: HostError): { title: string; text: string } => {
    switch (e.kind) {
      case "no host":
        return { title: "This page doesn't know which run it's for", text: "Azure DevOps didn't report which run is open. Reload the page. The results are in the step's log, too." };
      case "too slow":
        return { title: "Azure DevOps didn't answer", text: "Reload the page. The results are in the step's log, too." };
      case "unreachable":
        return { title: "Couldn't reach Azure DevOps", text: "Check your network connection, then try again. The results are in the step's log, too." };
      case "too large":
        return { title: "The report is too large to show", text: "It's larger than 6 MB, which no run of ARM Preflight writes. See the step's log." };
      case "refused":
        return rejected(e.status ?? 0);
    }
  },
  noReport: (why: string): { title: string; text: string } => ({ title: "The attachment isn't an ARM Preflight report", text: `It couldn't be read: ${why}. See the step's log.` }),
  otherForm: {
    title: "A later version of ARM Preflight wrote this report",
    text: (version: string): string => `This tab can't read the report's format (version ${version}). To see the report here, update the extension ARM Preflight Results. Until then, this is the page that the step attached. Scripts, forms, and links in it don't work.`,
    frame: "The page that the step attached",
  },

  running: "The run is still going. New reports appear here.",
  limit: "This page stopped checking for new reports after an hour.",
  pollFailed: "Azure DevOps stopped answering, so new reports don't appear here.",

  summary: (all: number, verdicts: Readonly<Record<"fail" | "unknown" | "warn" | "pass", number>>, pending: number, unread: number): string => {
    if (pending > 0) return `Loading ${pending} of ${plural(all, "report", "reports")}`;
    if (verdicts.fail > 0) return `${verdicts.fail} of ${all} steps failed`;
    if (unread > 0) return `${unread} of ${plural(all, "report", "reports")} couldn't be read`;
    if (verdicts.unknown > 0) return `${verdicts.unknown} of ${all} steps couldn't be checked`;
    if (verdicts.warn > 0) return `${verdicts.warn} of ${all} steps passed with a warning`;
    return `All ${all} steps passed`;
  },
  step: "Step",

  about: (tool: string, when: string): string => `${tool}, ${when}`,
  attempt: (n: number): string => (n > 0 ? `attempt ${n}` : "an earlier attempt"),
  earlier: "Earlier attempts",
  showAttempt: (n: number): string => `Show ${n > 0 ? `attempt ${n}` : "an earlier attempt"}`,
  hideAttempt: (n: number): string => `Hide ${n > 0 ? `attempt ${n}` : "the earlier attempt"}`,
  openLog: "Open the log",
  openConnection: "Open the connection",

  whatToDo: "What to do",
  who: "Who",
  code: "Code",
  wait: "Wait",
  waitMinutes: (n: number): string => `A change can take up to ${Math.round(n)} min to take effect`,
  ask: "Ask",
  waived: (until: string, because: string): string => `Waived until ${until}: ${because}`,
  evidence: "Raw evidence",
  evidenceLabels: { request: "request", answer: "answer", network: "network", codes: "codes", message: "message", body: "body", traceId: "trace ID", correlationId: "correlation ID", requestId: "request ID", timestamp: "timestamp" },
  copy: "Copy",
  copied: "Copied",
  copyFailed: "Selected: press Ctrl+C",
  copyWhat: { command: "Copy this command", url: "Copy this URL", question: "Copy this text" },

  path: "The way to Azure",
  station: { pipeline: "Pipeline", connection: "Connection", network: "Network", identity: "Entra", azure: "Azure" } as Readonly<Record<string, string>>,
  stationState: { fail: "broken", unknown: "couldn't determine", warn: "warning", pass: "OK", skip: "not reached" },

  connection: "Connection",
  fact: { connection: "connection", connectionID: "connection ID", scheme: "scheme", cloud: "cloud", tenant: "tenant", subscriptionID: "subscription ID", scope: "scope", tool: "ARM Preflight" },
  credential: "credential",
  expiresIn: (days: number): string => (days < 0 ? "has expired" : `expires in ${days === 0 ? "less than a day" : plural(days, "day", "days")}`),

  checks: "Checks",
  showStatuses: "Show checks by result",
  checkColumns: { result: "Result", check: "Check", found: "Found", time: "Time" },
  noneShown: "No result is selected above.",
  more: (n: number): string => `${plural(n, "more check is", "more checks are")} in the report, which this page doesn't list.`,

  needsTitle: "What this deployment needs",
  needColumns: { scope: "Scope", granted: "Granted", missing: "Missing", unknown: "Not known" },
  need: { granted: "granted", missing: "missing", denied: "denied", unknown: "not known" },
  needNote: (likely: boolean, denied: boolean): string => [likely ? "likely" : "", denied ? "denied" : ""].filter((w) => w !== "").join(", "),
  needAt: (action: string, data: boolean, scope: string): string => `${data ? "data:" : ""}${action} at ${scope}`,
  moreNeeds: (n: number): string => `${n} more`,
  moreScopes: (n: number): string => plural(n, "other scope isn't listed.", "other scopes aren't listed."),
  beyond: (what: string, at: string): string => `The identity has ${what} at ${at}.`,
  beyondRole: (role: string): string => `the permissions of ${role}`,
  beyondActions: (actions: string): string => `permission for ${actions}`,
  beyondNothing: "no permissions beyond these",

  compare: "Compare with the last successful run",
  comparing: "Looking for the last successful run…",
  comparedWith: (run: string, when: string): string => `Compared with run ${run}${when === "" ? "" : ` of ${when}`}`,
  comparedBranch: (branch: string): string => `That run is from another branch: ${branch}.`,
  noSuccessful: "None of the latest successful runs before this one has a report of this step.",
  nothingChanged: "Nothing that the two reports know has changed.",
  compareColumns: { what: "What", then: "Then", now: "Now" },
  lost: (what: readonly string[]): string => `Known only then: ${what.join(", ")}.`,
  gained: (what: readonly string[]): string => `Known only now: ${what.join(", ")}.`,
  same: (what: readonly string[]): string => `The same in both: ${what.join(", ")}.`,
} as const;

function rejected(status: number): { title: string; text: string } {
  const title = `Azure DevOps rejected the request (HTTP ${status})`;
  switch (status) {
    case 401:
    case 403:
      return { title, text: "You need permission to view the runs of this pipeline. If you have it, sign in again, then try again." };
    case 404:
      return { title, text: "The run or its attachment was deleted." };
    case 429:
      return { title, text: "You've sent too many requests to Azure DevOps. Wait a few minutes, then try again." };
    default:
      return { title, text: "Try again. The results are in the step's log, too." };
  }
}
