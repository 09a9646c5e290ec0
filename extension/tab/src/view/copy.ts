import { words } from "../words";
import { button, el } from "./dom";

/** A text to paste, with a button that copies it. */
export function pasteable(text: string, shown: Node, what: string): HTMLElement {
  const said = el("span", { class: "said", role: "status" });
  const copy = button({ class: "quiet", "aria-label": what }, words.copy, () => {
    void copyText(text, block).then((copied) => {
      said.textContent = copied ? words.copied : words.copyFailed;
      setTimeout(() => said.replaceChildren(), 4_000);
    });
  });
  const block = el("pre", { tabindex: "0" }, shown);
  return el("div", { class: "paste" }, block, copy, said);
}

/** Copies a text. A frame that isn't allowed to use the clipboard can still copy a selection, or leave it to the reader. */
async function copyText(text: string, block: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(block);
    return document.execCommand("copy");
  }
}
