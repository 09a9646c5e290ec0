'use strict';
// Measures how long after the host is ready the results tab shows the report of a run with one step, for a time of each request
// (and of the question that a browser asks before each, as to another origin). It prints the median of nine, in milliseconds.
// usage: BUNDLE=DIR CHROMIUM=PROGRAM node time.js      (node tools/tab/bundle.js DIR makes the bundle)
const fs = require('fs');
const path = require('path');
const standin = require('./standin.js');
const { chromium } = require(path.join(__dirname, '..', 'npm', 'node_modules', 'playwright-core'));

const report = fs.readFileSync(path.join(__dirname, '..', '..', 'extension/tab/test/reports/expired-secret.json'), 'utf8');

async function once(context, delay) {
  const world = { run: standin.run({ steps: [{ report }] }), policy: () => ({}), theme: 'light', delay };
  const server = await standin.open(process.env.BUNDLE, world);
  const tab = await context.newPage();
  await tab.goto(server.host);
  const frame = tab.frames()[1];
  await frame.locator('h1 .pill').waitFor();
  const shown = await frame.evaluate(() => window.shownAt);
  const ready = await tab.evaluate(() => performance.timeOrigin + window.host.ready);
  await tab.close();
  await server.close();
  return { time: shown - ready, requests: server.asked.length };
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  const context = await browser.newContext();
  await context.addInitScript(() => {
    new MutationObserver(() => {
      if (!window.shownAt && document.querySelector('h1 .pill')) window.shownAt = performance.timeOrigin + performance.now();
    }).observe(document, { childList: true, subtree: true });
  });
  for (const delay of [0, 50]) {
    const all = [];
    for (let i = 0; i < 9; i++) all.push(await once(context, delay));
    const times = all.map((a) => a.time).sort((a, b) => a - b);
    console.log(`${delay} ms a request: the report after ${times[4].toFixed(0)} ms (${times[0].toFixed(0)} to ${times[8].toFixed(0)}), ${all[0].requests} requests`);
  }
  await browser.close();
}

main().catch((e) => { console.error(e); process.exitCode = 1; });
