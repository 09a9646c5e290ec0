/** What an element is made of: its attributes, its children, and what happens when it's clicked. */
export type Child = Node | string | undefined | false;

type Attributes = Readonly<Record<string, string | undefined>>;

/** Attributes that no text of a report can become a danger in. Links are made by `link`. */
const allowed = /^(class|id|type|scope|role|lang|title|tabindex|open|disabled|hidden|data-label|aria-[a-z]+)$/;

/** Makes an element. Texts become text nodes: nothing here reads markup. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (!allowed.test(name)) throw new Error(`no attribute ${name}`);
    if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((c) => c !== undefined && c !== false));
  return made;
}

/** Makes a button. */
export function button(attributes: Attributes, label: Child, clicked: (event: MouseEvent) => void): HTMLButtonElement {
  const made = el("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", clicked);
  return made;
}

/** Makes a link that opens a tab of its own, or only the text if the address isn't one that can be trusted to be a page. */
export function link(address: string | undefined, ...children: readonly Child[]): HTMLElement {
  if (!isPage(address)) return el("span", {}, ...children);
  const made = el("a", {}, ...children);
  made.href = address;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  return made;
}

/** Whether a text is the address of a web page: not of a script, a file, or the tab itself. */
export function isPage(address: string | undefined): address is string {
  if (address === undefined || !URL.canParse(address)) return false;
  const { protocol, username } = new URL(address);
  return (protocol === "https:" || protocol === "http:") && username === "";
}
