import type { Attempt } from "../attachments";
import { compare } from "../compare";
import { HostError, type Host, type Run } from "../host";
import type { Reading, Report, Status } from "../report";
import type { Loaded, Session, StepReport } from "../session";
import { words } from "../words";
import { button, el, link, type Child } from "./dom";
import { foreignPage } from "./frame";
import { reportBody } from "./report";
import { pill, timeOf } from "./status";
import { changesTable } from "./tables";

/** What a card asks of the page that it's on. */
export interface Context {
  readonly host: Host;
  readonly session: Session;
  readonly run: Run;
  /** The run has no other step. */
  readonly alone: boolean;
  readonly retry: () => void;
}

/** The report of a loaded attempt, if it's one. */
export function reportOf(loaded: Loaded): Report | undefined {
  return loaded.state === "read" && loaded.reading.kind === "report" ? loaded.reading.report : undefined;
}

/** What the title of a report begins with. */
export function verdictOf(report: Report): Status | "canceled" {
  return report.cancelled ? "canceled" : report.result;
}

/** What people call a step. */
export function nameOf(step: StepReport): string {
  return step.step.path.join(" › ") || (reportOf(step.loaded)?.connection.name ?? words.step);
}

/** What's known of a step, without its title. */
export function cardBody(step: StepReport, context: Context, level: "h2" | "h3"): HTMLElement {
  const report = reportOf(step.loaded);
  const place = el("div", { class: "comparison" });
  return el(
    "div",
    { class: "body" },
    el(
      "div",
      { class: "actions" },
      report && compareButton(step, report, context, place),
      logLink(step.newest, context),
      report && isGUID(report.connection.id) && action(context.host.connectionURL(report.connection.id), words.openConnection),
    ),
    place,
    ...content(step.newest, step.loaded, context, level),
    step.earlier.length > 0 && el(level, {}, words.earlier),
    ...step.earlier.map((attempt) => earlier(attempt, context, level)),
  );
}

function content(attempt: Attempt, loaded: Loaded, context: Context, level: "h2" | "h3"): Child[] {
  switch (loaded.state) {
    case "loading":
      return [el("p", { class: "soft" }, words.loadingStep)];
    case "failed":
      return [message(words.error(loaded.error), context.retry)];
    case "read":
      return reading(attempt, loaded.reading, context, level);
  }
}

function reading(attempt: Attempt, read: Reading, context: Context, level: "h2" | "h3"): Child[] {
  switch (read.kind) {
    case "report": {
      const url = isGUID(read.report.connection.id) ? context.host.connectionURL(read.report.connection.id) : undefined;
      return reportBody(read.report, url, level);
    }
    case "no report":
      return [message(words.noReport(read.why))];
    case "other form": {
      const place = el("div", {}, el("p", { class: "soft" }, words.loadingStep));
      const load = (): void => {
        context.session.page(attempt).then(
          (html) => place.replaceChildren(foreignPage(html)),
          (e: unknown) => place.replaceChildren(message(words.error(hostError(e)), load)),
        );
      };
      load();
      return [message({ title: words.otherForm.title, text: words.otherForm.text(read.version) }), place];
    }
  }
}

/** A calm box that says what happened, with a button if trying again can help. */
export function message(text: { title: string; text: string }, retry?: () => void, heading?: "h1"): HTMLElement {
  return el("div", { class: "message", role: "status" }, heading ? el(heading, {}, text.title) : el("p", {}, el("b", {}, text.title)), el("p", {}, text.text), retry && button({}, words.retry, retry));
}

function compareButton(step: StepReport, report: Report, context: Context, place: HTMLElement): HTMLButtonElement {
  return button({}, words.compare, (event) => {
    const pressed = event.currentTarget as HTMLButtonElement;
    pressed.disabled = true;
    place.replaceChildren(el("p", { class: "soft", role: "status" }, words.comparing));
    const show = (...children: Child[]): void => {
      pressed.disabled = false;
      place.replaceChildren(el("section", { class: "changes", "aria-label": words.compare, tabindex: "-1" }, ...children));
      (place.firstElementChild as HTMLElement).focus();
    };
    context.session.lastSuccessful(context.run, step.step, context.alone).then(
      (found) => {
        if (found === undefined) return show(el("p", {}, words.noSuccessful));
        const { run, report: then } = found;
        show(
          el("p", {}, el("b", {}, words.comparedWith(run.name, timeOf(then.started)))),
          run.branch !== context.run.branch && el("p", { class: "soft" }, words.comparedBranch(run.branch)),
          changesTable(compare(then, report)),
        );
      },
      (e: unknown) => show(message(words.error(hostError(e)), () => pressed.click())),
    );
  });
}

/** An earlier attempt, loaded when someone wants to see it. */
function earlier(attempt: Attempt, context: Context, level: "h2" | "h3"): HTMLElement {
  const inner = level === "h2" ? "h3" : "h4";
  const place = el("div", { class: "attempt", hidden: "" });
  const toggle = button({ "aria-expanded": "false" }, words.showAttempt(attempt.number), () => {
    place.hidden = !place.hidden;
    toggle.setAttribute("aria-expanded", String(!place.hidden));
    toggle.textContent = place.hidden ? words.showAttempt(attempt.number) : words.hideAttempt(attempt.number);
    if (!place.hidden && place.childElementCount === 0) load();
  });
  const load = (): void => {
    place.replaceChildren(el("p", { class: "soft", role: "status" }, words.loadingStep));
    void context.session.load(attempt).then((loaded) => {
      const report = reportOf(loaded);
      const title = report && el(inner, {}, pill(verdictOf(report)), ` ${report.line}`);
      place.replaceChildren(...[title, ...content(attempt, loaded, { ...context, retry: load }, "h3")].filter((c) => c !== undefined && c !== false));
    });
  };
  return el("div", {}, el("p", {}, toggle), place);
}

function logLink(attempt: Attempt, context: Context): Child {
  return attempt.job && action(context.host.logURL(context.run.id, attempt.job, attempt.place.record), words.openLog);
}

function action(url: string | undefined, label: string): Child {
  return url && link(url, label);
}

function isGUID(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function hostError(e: unknown): HostError {
  if (e instanceof HostError) return e;
  console.error(e);
  return new HostError("unreachable");
}
