import type { HostError } from "../host";
import { expiryOf, gravity, verdicts, type Status } from "../report";
import type { Snapshot, StepReport } from "../session";
import { words } from "../words";
import { cardBody, message, nameOf, reportOf, verdictOf, type Context } from "./card";
import { button, el, type Child } from "./dom";
import { pill, timeOf } from "./status";

/** So many of the worst steps are open at first. */
const openAtFirst = 1;

/** The page of the tab. It keeps what hasn't changed, so that a reader's place in it stays when a report is added. */
export class Page {
  private readonly top = el("div", {});
  private readonly steps = el("div", { class: "steps-of-run" });
  private readonly note = el("p", { class: "note soft", role: "status" });
  private cards = new Map<string, Card>();
  private drawn = "";

  constructor(private readonly main: HTMLElement) {}

  /** Shows that nothing could be loaded. */
  fail(error: HostError, retry: () => void): void {
    this.replace(message(words.error(error), retry, "h1"));
    this.title(words.error(error).title);
  }

  /** Shows the run's reports, worst first, or that there's none. */
  show(snapshot: Snapshot, context: Omit<Context, "run" | "alone">): void {
    if (snapshot.steps.length === 0) {
      const text = snapshot.run.finished ? words.empty.finished : words.empty.running;
      this.replace(message(text, undefined, "h1"), this.note);
      this.title(text.title);
      return;
    }
    const alone = snapshot.steps.length === 1;
    const full: Context = { ...context, run: snapshot.run, alone };
    const sorted = [...snapshot.steps].sort((a, b) => weight(b) - weight(a));
    this.replace(this.top, this.note, this.steps);
    this.drawTop(sorted, snapshot);
    this.drawCards(sorted, full);
  }

  /** A line below the title: whether the page still changes. */
  say(text: string, ...more: readonly Child[]): void {
    if (this.note.textContent === text && more.length === 0) return;
    this.note.replaceChildren(text, ...more.filter((c) => c !== undefined && c !== false));
  }

  private replace(...children: readonly HTMLElement[]): void {
    if (children.length === this.main.childElementCount && children.every((c, i) => this.main.children[i] === c)) return;
    this.main.replaceChildren(...children);
  }

  private title(text: string): void {
    document.title = `${words.product}: ${text}`;
  }

  private drawTop(sorted: readonly StepReport[], { run }: Snapshot): void {
    const key = JSON.stringify(sorted.map((s) => [s.step.key, s.newest.place, s.loaded.state]));
    if (key === this.drawn) return;
    this.drawn = key;
    const reports = sorted.map((s) => reportOf(s.loaded));
    const pending = sorted.filter((s) => s.loaded.state === "loading").length;
    const [first] = sorted;
    const [only] = reports;
    if (sorted.length === 1 && first !== undefined) {
      const line = only?.line ?? (pending > 0 ? words.loading : nameOf(first));
      this.title(only ? `${words.status[only.result]}: ${line}` : line);
      this.top.replaceChildren(
        el("header", { class: `verdict ${only?.result ?? "skip"}` }, el("h1", {}, only && pill(verdictOf(only)), ` ${line}`), el("p", { class: "soft" }, [run.name, (only || pending > 0) && nameOf(first), first.newest.number > 1 ? words.attempt(first.newest.number) : ""].filter((t) => t).join(" · "))),
      );
      return;
    }
    const count = { fail: 0, unknown: 0, warn: 0, pass: 0 };
    for (const r of reports) if (r !== undefined) count[r.result]++;
    const unread = sorted.length - pending - reports.filter((r) => r !== undefined).length;
    const worst: Status = verdicts.find((v) => count[v] > 0 || (v === "unknown" && unread > 0)) ?? "skip";
    const line = words.summary(sorted.length, count, pending, unread);
    this.title(pending > 0 ? line : `${words.status[worst]}: ${line}`);
    this.top.replaceChildren(
      el("header", { class: `verdict ${pending > 0 ? "skip" : worst}` }, el("h1", {}, pending === 0 && pill(worst), ` ${line}`), el("p", { class: "soft" }, run.name)),
    );
  }

  private drawCards(sorted: readonly StepReport[], context: Context): void {
    const cards = new Map<string, Card>();
    const settled = sorted.every((s) => s.loaded.state !== "loading");
    sorted.forEach((step, i) => {
      const known = this.cards.get(step.step.key);
      const card = known?.fits(step, context.alone) ? known : new Card(step, context, known?.opened ?? undefined);
      cards.set(step.step.key, card);
      if (settled && card.opened === undefined) card.open(context.alone || (i < openAtFirst && weight(step) > gravity("pass")));
    });
    this.cards = cards;
    const wanted = [...cards.values()].map((c) => c.element);
    for (const old of [...this.steps.children]) if (!wanted.includes(old as HTMLElement)) old.remove();
    wanted.forEach((element, i) => {
      if (this.steps.children[i] !== element) this.steps.insertBefore(element, this.steps.children[i] ?? null);
    });
  }
}

/** How far up a step belongs: one that couldn't be read is as grave as one that couldn't be checked. */
function weight({ loaded }: StepReport): number {
  const report = reportOf({ ...loaded });
  if (report !== undefined) return gravity(report.result);
  return loaded.state === "loading" ? 0 : gravity("unknown");
}

let cardsMade = 0;

/** A step among several, or the only one. Its body is made when it's opened. */
class Card {
  readonly element: HTMLElement;
  /** Undefined until someone or something has decided. */
  opened: boolean | undefined;
  private readonly body = el("div", {});
  private readonly toggle: HTMLButtonElement | undefined;

  constructor(
    private readonly step: StepReport,
    private readonly context: Context,
    opened: boolean | undefined,
  ) {
    if (context.alone) {
      this.element = this.body;
    } else {
      const id = `step-${++cardsMade}`;
      this.body.id = id;
      this.toggle = button({ "aria-expanded": "false", "aria-controls": id, class: "toggle" }, this.label(), () => this.open(this.opened !== true));
      this.element = el("section", { class: "card" }, el("h2", {}, this.toggle), this.body);
    }
    if (opened !== undefined) this.open(opened);
  }

  fits(step: StepReport, alone: boolean): boolean {
    return alone === this.context.alone && step.loaded === this.step.loaded && step.newest.place.name === this.step.newest.place.name && step.earlier.length === this.step.earlier.length;
  }

  open(opened: boolean): void {
    this.opened = opened;
    this.body.hidden = !opened;
    this.toggle?.setAttribute("aria-expanded", String(opened));
    if (opened && this.body.childElementCount === 0) {
      this.body.append(cardBody(this.step, this.context, this.context.alone ? "h2" : "h3"));
    }
  }

  private label(): HTMLElement {
    const report = reportOf(this.step.loaded);
    const expiry = report && expiryOf(report);
    return el(
      "span",
      { class: "head" },
      report ? pill(verdictOf(report)) : el("span", { class: "pill skip" }, this.step.loaded.state === "loading" ? "…" : words.mark.unknown),
      el("span", { class: "name" }, nameOf(this.step)),
      el("span", { class: "line soft" }, report?.line ?? (this.step.loaded.state === "failed" ? words.error(this.step.loaded.error).title : "")),
      expiry && expiry.status !== "pass" && el("span", { class: `days ${expiry.status}` }, words.expiresIn(expiry.days)),
      report && el("span", { class: "soft when" }, timeOf(report.started)),
    );
  }
}
