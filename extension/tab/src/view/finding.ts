import { stepsOf, type Check, type Finding, type Line } from "../report";
import { words } from "../words";
import { pasteable } from "./copy";
import { el, isPage, link, type Child } from "./dom";
import { pill } from "./status";

/** A finding: what's wrong, why, who can fix it, and how. `level` is the level of its heading. */
export function finding(check: Check, f: Finding, level: "h3" | "h4"): HTMLElement {
  return el(
    "section",
    { class: `finding ${f.status}` },
    el(level, {}, pill(f.status), ` ${check.id}: ${f.text}`),
    f.waived && el("p", {}, words.waived(f.waived.until, f.waived.because)),
    f.cause ? el("p", {}, f.cause) : undefined,
    list([
      [words.who, f.who],
      [words.code, f.code && el("code", {}, f.code), f.confidence && f.confidence !== "documented" ? ` (${f.confidence})` : undefined],
      [words.wait, f.mayHealMinutes ? words.waitMinutes(f.mayHealMinutes) : undefined],
    ]),
    f.ask ? el("p", { class: "label" }, words.ask) : undefined,
    f.ask ? pasteable(f.ask, document.createTextNode(f.ask), words.copyWhat.question) : undefined,
    steps(f),
    f.link && !isStep(f, f.link) && el("p", {}, link(f.link, f.link)),
    evidence(f),
  );
}

function steps(f: Finding): Child {
  const all = stepsOf(f);
  if (all.length === 0) return undefined;
  const decisive = new Set(all.length > 1 ? f.decisive : []);
  return el("ol", { class: "steps" }, ...all.map((lines, i) => el("li", { class: decisive.has(i + 1) ? "decisive" : undefined }, ...lines.map(line))));
}

/** Whether a step already shows an address. */
function isStep(f: Finding, address: string): boolean {
  return stepsOf(f).some((lines) => lines.some((l) => l.text === address));
}

function line({ text, paste }: Line): Child {
  if (!paste) return el("span", {}, text);
  const isURL = isPage(text);
  return pasteable(text, isURL ? link(text, text) : document.createTextNode(text), isURL ? words.copyWhat.url : words.copyWhat.command);
}

function evidence(f: Finding): Child {
  const e = f.evidence;
  if (e === undefined) return undefined;
  const label = words.evidenceLabels;
  const seen = list(
    [
      [label.request, `${e.method ?? ""} ${e.host ?? ""}${e.path ?? ""}`.trim()],
      [label.answer, e.status ? `HTTP ${e.status} ${e.contentType ?? ""}`.trim() : ""],
      [label.network, e.network],
      [label.codes, e.codes?.join(", ")],
      [label.message, e.message],
      [label.body, e.message ? undefined : e.body],
      [label.traceId, e.traceId],
      [label.correlationId, e.correlationId],
      [label.requestId, e.requestId],
      [label.timestamp, e.timestamp],
    ],
    "raw",
  );
  return seen && el("details", {}, el("summary", {}, words.evidence), seen);
}

/** A list of labels and values; those without a value are left out, and a list without any. */
export function list(rows: readonly (readonly [label: string, ...value: Child[]])[], kind = ""): HTMLElement | undefined {
  const known = rows.filter(([, value]) => value !== undefined && value !== false && value !== "");
  if (known.length === 0) return undefined;
  return el("dl", { class: kind }, ...known.flatMap(([label, ...value]) => [el("dt", {}, label), el("dd", {}, ...value)]));
}
