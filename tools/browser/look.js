'use strict';
// Opens pages in Chromium and says what is wrong with them, as JSON on stdout.
// usage: node look.js CHROMIUM PAGE.html…      (with SHOTS=DIR it keeps pictures)
// Playwright and axe-core come from tools/npm.
const path = require('path');
const modules = path.join(__dirname, '..', 'npm', 'node_modules');
const { chromium } = require(path.join(modules, 'playwright-core'));
const axe = require.resolve(path.join(modules, 'axe-core'));

// A page is opened once, and looked at light and wide, then dark and narrow: colors depend on the one, the layout on the other.
async function look(tab, page) {
  const asked = [];
  const said = [];
  const listeners = {
    request: (r) => asked.push(r.url()),
    console: (m) => said.push(m.text()),
    dialog: (d) => { said.push('dialog ' + d.message()); d.dismiss(); },
    pageerror: (e) => said.push(String(e)),
  };
  for (const [event, listener] of Object.entries(listeners)) tab.on(event, listener);
  await tab.goto('file://' + path.resolve(page));
  await tab.addScriptTag({ path: axe });
  const looks = [];
  for (const [colorScheme, width] of [['light', 1366], ['dark', 400]]) {
    await tab.emulateMedia({ colorScheme });
    await tab.setViewportSize({ width, height: 900 });
    // Hundreds of sections or rows take minutes, and are all alike: axe looks at the first.
    const result = await tab.evaluate(() => axe.run({ exclude: [['section:nth-of-type(n + 9)'], ['tr:nth-of-type(n + 20)']] }, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (process.env.SHOTS) {
      await tab.screenshot({ path: path.join(process.env.SHOTS, `${path.basename(page, '.html')}-${colorScheme}-${width}.png`), fullPage: await tab.evaluate(() => document.documentElement.scrollHeight < 16000) }); // Chromium's limit for a picture
    }
    looks.push({
      page: path.basename(page), colorScheme, width, tooWide: wide, said: [...said],
      asked: asked.filter((u) => !u.startsWith('file://')),
      violations: result.violations.map((v) => `${v.impact} ${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join('; ')}`),
    });
  }
  for (const [event, listener] of Object.entries(listeners)) tab.off(event, listener);
  return looks;
}

async function main([executablePath, ...pages]) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  // Scripts are off in a page's policy; axe needs to be let in past it. A new tab for each page would take seconds.
  const context = await browser.newContext({ bypassCSP: true });
  const tab = await context.newPage();
  const all = [];
  for (const page of pages) {
    all.push(...await look(tab, page));
  }
  await browser.close();
  process.stdout.write(JSON.stringify(all));
}

main(process.argv.slice(2)).catch((e) => { console.error(e); process.exitCode = 1; });
