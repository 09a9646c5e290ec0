'use strict';
// Measures how long after the host is ready the results tab shows the name of a run's one step, and then its report, for a time of
// each request (and of the question that a browser asks before each, as to another origin). It prints the median of nine, in
// milliseconds. The browser tab is the same each time: opening one starts pages of the browser's own.
// usage: BUNDLE=DIR CHROMIUM=PROGRAM node time.js      (node tools/tab/bundle.js DIR makes the bundle)
const fs = require('fs');
const path = require('path');
const standin = require('./standin.js');
const { chromium } = require(path.join(__dirname, '..', 'npm', 'node_modules', 'playwright-core'));

const report = fs.readFileSync(path.join(__dirname, '..', '..', 'extension/tab/test/reports/expired-secret.json'), 'utf8');

async function once(tab, delay) {
  const world = { run: standin.run({ steps: [{ report }] }), policy: () => ({}), theme: 'light', delay };
  const server = await standin.open(process.env.BUNDLE, world);
  await tab.goto(server.host);
  const frame = tab.frames()[1];
  await frame.locator('h1 .pill').waitFor();
  const [named, shown] = await frame.evaluate(() => [window.namedAt, window.shownAt]);
  const ready = await tab.evaluate(() => performance.timeOrigin + window.host.ready);
  await server.close();
  return { named: named - ready, shown: shown - ready, requests: server.asked.length };
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  const context = await browser.newContext();
  await context.addInitScript(() => {
    new MutationObserver(() => {
      const now = performance.timeOrigin + performance.now();
      if (document.querySelector('h1 + p')?.textContent.includes('ArmPreflight')) window.namedAt ??= now;
      if (document.querySelector('h1 .pill')) window.shownAt ??= now;
    }).observe(document, { childList: true, subtree: true });
  });
  const tab = await context.newPage();
  await once(tab, 0);
  for (const delay of [0, 50]) {
    const all = [];
    for (let i = 0; i < 9; i++) all.push(await once(tab, delay));
    const median = (name) => {
      const times = all.map((a) => a[name]).sort((a, b) => a - b);
      return `${times[4].toFixed(0)} ms (${times[0].toFixed(0)} to ${times[8].toFixed(0)})`;
    };
    console.log(`${delay} ms a request: the step after ${median('named')}, the report after ${median('shown')}, ${all[0].requests} requests`);
  }
  await browser.close();
}

main().catch((e) => { console.error(e); process.exitCode = 1; });
