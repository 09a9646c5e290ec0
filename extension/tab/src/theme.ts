/**
 * Follows the theme of the host. The SDK writes the host's colors into a style element, which a strict policy forbids; as properties
 * of the document they're allowed anywhere. What the host doesn't name has a color for light and one for dark pages in tab.css.
 */
export function followTheme(root: HTMLElement, view: Window): void {
  const dark = view.matchMedia("(prefers-color-scheme: dark)");
  let ofHost = false;
  const guess = (): void => {
    if (!ofHost) root.dataset["theme"] = dark.matches ? "dark" : "light";
  };
  guess();
  dark.addEventListener("change", guess);
  view.addEventListener("themeApplied", (event) => {
    const colors: unknown = (event as CustomEvent<unknown>).detail;
    if (typeof colors !== "object" || colors === null) return;
    for (const [name, value] of Object.entries(colors)) {
      if (typeof value === "string") root.style.setProperty(`--${name}`, value);
    }
    const ground = luminance(root.style.getPropertyValue("--background-color"));
    if (ground === undefined) return;
    ofHost = true;
    root.dataset["theme"] = ground < 0.5 ? "dark" : "light";
  });
}

/** How bright a color is, from 0 to 1; undefined for a text that isn't rgb(…), rgba(…), or #rrggbb. */
export function luminance(color: string): number | undefined {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color.trim());
  const rgb = /^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)/i.exec(color.trim());
  const found = hex?.slice(1).map((part) => parseInt(part, 16)) ?? rgb?.slice(1).map(Number);
  const [r, g, b] = found ?? [];
  if (r === undefined || g === undefined || b === undefined) return undefined;
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}
