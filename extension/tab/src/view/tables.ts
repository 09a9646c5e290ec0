import { statuses, textOf, type Check, type Report, type Status } from "../report";
import type { Comparison } from "../compare";
import { words } from "../words";
import { button, el, type Child } from "./dom";
import { pill } from "./status";

/** More checks than a run with twenty connections has; the others are counted. */
const mostRows = 500;

/** A table whose cells have their column's name, which takes the place of the header on a narrow page. */
export function table(columns: readonly string[], rows: readonly HTMLTableRowElement[], kind = ""): HTMLElement {
  return el("table", { class: kind }, el("thead", {}, el("tr", {}, ...columns.map((c) => el("th", { scope: "col" }, c)))), el("tbody", {}, ...rows));
}

export function row(columns: readonly string[], cells: readonly (Child | readonly Child[])[], kind?: string): HTMLTableRowElement {
  return el("tr", { class: kind }, ...cells.map((cell, i) => el("td", { "data-label": columns[i] }, ...(Array.isArray(cell) ? (cell as Child[]) : [cell as Child]))));
}

/** All checks, with buttons that choose the results to show. Skipped ones are hidden at first: nobody asked for most of them. */
export function checksTable(report: Report): HTMLElement {
  const told = report.checks.filter((c) => c.notApplicable !== true || c.notAsked === true);
  const counted = new Map<Status, number>();
  for (const c of told) counted.set(c.status, (counted.get(c.status) ?? 0) + 1);
  const shown = new Set<Status>(statuses.filter((s) => counted.has(s) && (s !== "skip" || counted.size === 1)));
  const columns = Object.values(words.checkColumns);
  const listed = told.slice(0, mostRows).map((c) => ({ status: c.status, row: checkRow(columns, c) }));
  const none = el("p", { class: "soft", hidden: "" }, words.noneShown);
  const apply = (): void => {
    for (const { status, row } of listed) row.hidden = !shown.has(status);
    none.hidden = shown.size > 0;
  };
  const chips = statuses
    .filter((s) => counted.has(s))
    .map((s) =>
      button({ class: `chip ${s}`, "aria-pressed": String(shown.has(s)) }, `${words.status[s]} ${counted.get(s)}`, (event) => {
        if (!shown.delete(s)) shown.add(s);
        (event.currentTarget as Element).setAttribute("aria-pressed", String(shown.has(s)));
        apply();
      }),
    );
  apply();
  return el(
    "div",
    {},
    el("div", { class: "chips", role: "group", "aria-label": words.showStatuses }, ...chips),
    table(columns, listed.map((l) => l.row), "checks"),
    none,
    told.length > mostRows && el("p", { class: "soft" }, words.more(told.length - mostRows)),
  );
}

function checkRow(columns: readonly string[], c: Check): HTMLTableRowElement {
  const [first = "", ...notes] = textOf(c);
  const took = c.seconds > 0 ? `${Math.round(c.seconds * 1000)} ms` : "";
  return row(columns, [pill(c.status), c.id, [first, ...notes.map((n) => el("span", { class: "note" }, n))], took]);
}

/** What a deployment needs at each scope, and what the identity may do beyond that. */
export function permissionsTable(report: Report): HTMLElement | undefined {
  const d = report.deployment;
  if (d === undefined) return undefined;
  type Scope = (typeof d.scopes)[number];
  const cell = (scope: Scope, states: readonly (keyof typeof words.need)[]): Child[] => {
    const count = states.reduce((sum, s) => sum + scope.certain[s] + scope.likely[s], 0);
    if (count === 0) return [];
    const needs = scope.needs.filter((n) => states.includes(n.state));
    const names = needs.map((n) => {
      const note = words.needNote(n.certainty === "likely", n.state === "denied");
      return el("li", {}, el("code", {}, ...breakable((n.dataAction ? "data:" : "") + n.action)), note && ` (${note})`);
    });
    if (count > needs.length) names.push(el("li", {}, words.moreNeeds(count - needs.length)));
    const all = el("ul", { class: "plain" }, ...names);
    return states.includes("granted") ? [el("details", {}, el("summary", {}, String(count)), all)] : [el("b", {}, String(count)), all];
  };
  const w = words.needColumns;
  const states = ([[w.granted, ["granted"]], [w.missing, ["missing", "denied"]], [w.unknown, ["unknown"]]] as const).filter(([, s]) => s.some((state) => d.certain[state] + d.likely[state] > 0));
  const columns = [w.scope, ...states.map(([name]) => name)];
  const rows = d.scopes.map((scope) => row(columns, [[scope.name, el("code", { class: "note" }, scope.scope)], ...states.map(([, s]) => cell(scope, s))]));
  const names = (all: readonly string[], more = 0): string => [...all, ...(more > 0 ? [words.moreNeeds(more)] : [])].join(", ");
  return el(
    "div",
    {},
    table(columns, rows, "needs"),
    d.moreScopes ? el("p", {}, words.moreScopes(d.moreScopes)) : undefined,
    ...(d.beyond ?? []).map((b) => {
      const what = b.role ? words.beyondRole(b.role) : b.actions?.length ? words.beyondActions(names(b.actions, b.moreActions)) : words.beyondNothing;
      return el("p", {}, words.beyond(what, names(b.scopes, b.moreScopes)));
    }),
  );
}

/** A long name that a narrow column may break after its slashes. */
function breakable(name: string): Child[] {
  return name.split(/(?<=\/)/).flatMap((part) => [el("wbr"), part]);
}

/** What differs from another run's report, and in short what doesn't. */
export function changesTable({ changed, lost, gained, same }: Comparison): HTMLElement {
  const columns = Object.values(words.compareColumns);
  const soft = (say: (what: readonly string[]) => string, what: readonly string[]): Child => what.length > 0 && el("p", { class: "soft" }, say(what));
  return el(
    "div",
    {},
    changed.length === 0 ? el("p", {}, words.nothingChanged) : table(columns, changed.map((c) => row(columns, [c.what, c.then, c.now])), "changes"),
    soft(words.lost, lost.map((p) => `${p.what} (${p.then})`)),
    soft(words.gained, gained.map((p) => `${p.what} (${p.now})`)),
    soft(words.same, same.map((p) => p.what)),
  );
}
