import { broken, expiryOf, pathOf, type Report } from "../report";
import { words } from "../words";
import { el, link, type Child } from "./dom";
import { finding, list } from "./finding";
import { timeOf } from "./status";
import { checksTable, permissionsTable } from "./tables";

/** A report without its title: what to do first, then what's known. `level` is the level of its headings. */
export function reportBody(report: Report, connectionURL: string | undefined, level: "h2" | "h3"): Child[] {
  const inner = level === "h2" ? "h3" : "h4";
  const toDo = broken(report).flatMap((c) => (c.findings ?? []).map((f) => finding(c, f, inner)));
  const needs = permissionsTable(report);
  return [
    way(report),
    ...(toDo.length > 0 ? [el(level, {}, words.whatToDo), ...toDo] : []),
    ...(needs ? [el(level, {}, words.needsTitle), needs] : []),
    el(level, {}, words.connection),
    about(report, connectionURL),
    el(level, {}, words.checks),
    checksTable(report),
    el("p", { class: "soft" }, words.about(report.tool, timeOf(report.started))),
  ];
}

/** The way to Azure as a row of stations. */
function way(report: Report): HTMLElement {
  const stations = pathOf(report).map(({ layer, status = "skip" }) =>
    el(
      "li",
      { class: status },
      el("span", { class: "mark", "aria-hidden": "true" }, words.mark[status]),
      el("span", {}, el("b", {}, words.station[layer]), el("span", { class: "soft" }, words.stationState[status])),
    ),
  );
  return el("ol", { class: "way", "aria-label": words.path }, ...stations);
}

function about(report: Report, connectionURL: string | undefined): Child {
  const c = report.connection;
  const code = (text: string | undefined): Child => (text ? el("code", {}, text) : undefined);
  const name = c.name || c.id;
  const shown = [c.tenantId, c.subscriptionId];
  return list([
    [words.fact.connection, connectionURL ? link(connectionURL, name) : name],
    [words.fact.scheme, c.scheme],
    [words.credential, expiry(report)],
    [words.fact.cloud, c.cloud],
    [words.fact.tenant, code(c.tenantId)],
    [words.fact.scope, code(c.scope ?? c.subscriptionId)],
    ...(report.facts ?? []).filter((f) => !shown.includes(f.value)).map((f): [string, Child] => [f.label, f.value]),
  ], "facts");
}

/** When the credential expires, with a bar that's full at twice the days from which it's a warning. */
function expiry(report: Report): Child {
  const known = expiryOf(report);
  if (known === undefined) return undefined;
  const { warning = 0, error = 0 } = report.expiryThresholds ?? {};
  const whole = Math.max(2 * warning, 2 * error, 30);
  const left = el("span", { class: known.status });
  left.style.width = `${(100 * Math.min(Math.max(known.days, 0), whole)) / whole}%`;
  return el("span", { class: "expiry" }, el("span", { class: `days ${known.status}` }, words.expiresIn(known.days)), el("span", { class: "bar", "aria-hidden": "true" }, left));
}
