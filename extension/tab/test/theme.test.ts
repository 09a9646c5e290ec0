import assert from "node:assert/strict";
import test from "node:test";
import { luminance } from "../src/theme";

for (const [color, bright] of [["rgba(255, 255, 255, 1)", 1], ["rgb(32,31,30)", 0.12], ["#1b1a19", 0.1], ["#FFFFFF", 1], ["var(--x)", undefined], ["", undefined], ["rgba(a,b,c,1)", undefined]] as const) {
  test(`${color || "nothing"} has the brightness ${bright}`, () => {
    const found = luminance(color);
    if (bright === undefined) assert.equal(found, undefined);
    else assert.ok(found !== undefined && Math.abs(found - bright) < 0.02, String(found));
  });
}
