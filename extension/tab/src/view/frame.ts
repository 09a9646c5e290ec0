import { words } from "../words";
import { el } from "./dom";

/**
 * Comes first in the frame, so that it binds all that follows: nothing is run, sent, or loaded, except a style of the tab's own for
 * hosts that forbid the style in the page.
 */
const before = `<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self' 'unsafe-inline'; form-action 'none'; base-uri 'none'"><link rel="stylesheet" href="foreign.css">`;

/**
 * Shows a page that a step attached. It might be anything, so it gets no permission at all: no scripts, forms, or windows, no way to
 * this page or its credentials, and no way to navigate on its own.
 */
export function foreignPage(html: string): HTMLElement {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "");
  frame.setAttribute("referrerpolicy", "no-referrer");
  frame.className = "foreign";
  frame.title = words.otherForm.frame;
  frame.srcdoc = before + html;
  return el("div", {}, frame);
}
