import type { Status } from "../report";
import { words } from "../words";
import { el } from "./dom";

/** A status as a word in its color, with a mark for those who don't see colors. */
export function pill(status: Status | "canceled"): HTMLElement {
  if (status === "canceled") return el("span", { class: "pill skip" }, words.canceled);
  return el("span", { class: `pill ${status}` }, el("span", { class: "mark", "aria-hidden": "true" }, words.mark[status]), ` ${words.status[status]}`);
}

/** A day and a time as the reader's browser writes them; the text itself if it isn't one. */
export function timeOf(text: string | Date): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? String(text) : time.toLocaleString("en-US", { dateStyle: "medium", timeStyle: "short" });
}
