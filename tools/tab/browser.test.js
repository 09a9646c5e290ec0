'use strict';
// Looks at the results tab in Chromium, inside a stand-in for Azure DevOps.
// usage: BUNDLE=DIR CHROMIUM=PROGRAM node --test browser.test.js      (with SHOTS=DIR it keeps pictures)
const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { after, before, test } = require('node:test');
const standin = require('./standin.js');

const modules = path.join(__dirname, '..', 'npm', 'node_modules');
const { chromium } = require(path.join(modules, 'playwright-core'));
const axe = fs.readFileSync(require.resolve(path.join(modules, 'axe-core')), 'utf8');
const root = path.join(__dirname, '..', '..');

const reports = Object.fromEntries(fs.readdirSync(path.join(root, 'extension/tab/test/reports')).map((file) => [path.basename(file, '.json'), JSON.parse(fs.readFileSync(path.join(root, 'extension/tab/test/reports', file), 'utf8'))]));
const page = fs.readFileSync(path.join(root, 'internal/report/testdata/rich.html'), 'utf8');

// As strict as a host could be: nothing inline, nothing evaluated, nothing from another place but the API.
const strict = (api) => ({ 'Content-Security-Policy': `default-src 'none'; script-src 'self'; style-src 'self'; connect-src ${api}; base-uri 'none'; form-action 'none'` });

let browser;
let context;
let shared; // the one window for all tests, since a new one takes Chromium a while; only a clock needs its own
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  context = await browser.newContext({ reducedMotion: 'reduce', colorScheme: 'light' });
  await context.addInitScript(() => {
    window.violations = [];
    addEventListener('securitypolicyviolation', (e) => window.violations.push(`${e.effectiveDirective} ${e.blockedURI}`));
  });
  context.setDefaultTimeout(60000);
  shared = await context.newPage();
});
after(async () => { await context.close(); await browser.close(); });

// shown opens the tab in a world. After the test, it fails if the tab broke its policy, wrote an error, or requested anything from
// another place.
async function shown(t, world, { width = 1366, height = 900, clock = false, wait = 'h1 .pill, .message, .card .pill', allow = [] } = {}) {
  const server = await standin.open(process.env.BUNDLE, { policy: strict, theme: 'light', ...world });
  const tab = clock ? await context.newPage() : shared;
  await tab.setViewportSize({ width, height });
  if (clock) await tab.clock.install();
  const [said, outside] = [[], []];
  const listeners = {
    console: (m) => m.type() === 'error' && said.push(m.text()),
    pageerror: (e) => said.push(String(e)),
    dialog: (d) => { said.push('dialog'); d.dismiss(); },
    popup: () => said.push('a new window'),
    request: (r) => { if (!/^(http:\/\/127\.0\.0\.1:|about:)/.test(r.url())) outside.push(r.url()); },
  };
  for (const [event, listener] of Object.entries(listeners)) tab.on(event, listener);
  await tab.goto(server.host);
  const frame = tab.frames()[1];
  if (wait) await frame.locator(wait).first().waitFor();
  t.after(async () => {
    const violations = await frame.evaluate(() => window.violations);
    const host = await tab.evaluate(() => window.host);
    for (const [event, listener] of Object.entries(listeners)) tab.off(event, listener);
    if (clock) await tab.close();
    else await tab.goto('about:blank');
    await server.close();
    // The SDK writes the host's theme into a style element; the tab doesn't depend on it.
    assert.deepEqual(violations.filter((v) => v !== 'style-src-elem inline' && !allow.includes(v)), [], 'violations of the policy');
    assert.ok(violations.filter((v) => !allow.includes(v)).length <= 2 + 2 * (world.themes || 0), `${violations.length} inline styles, more than the SDK writes`);
    assert.deepEqual(said.filter((s) => !/Content Security Policy|Failed to load resource|sandboxed|Permissions policy violation: The Clipboard API/.test(s)), [], 'errors in the console');
    assert.deepEqual(outside, [], 'requests to other places');
    assert.ok(server.asked.every((r) => r.startsWith('GET ')), 'only reads');
    assert.equal(host.loadFailed, undefined);
  });
  return { tab, frame, server, host: () => tab.evaluate(() => window.host) };
}

// accessible runs axe, and fails if the page is wider than its window.
async function accessible(frame, name) {
  await frame.evaluate(axe);
  const found = await frame.evaluate(() => window.axe.run({ resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
  assert.deepEqual(found.violations.map((v) => `${v.impact} ${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join('; ')}`), [], name);
  assert.ok(await frame.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${name} is too wide`);
}

async function picture(tab, frame, name) {
  if (!process.env.SHOTS) return;
  const { width, height } = tab.viewportSize();
  await tab.setViewportSize({ width, height: Math.min(5000, await frame.evaluate(() => document.documentElement.scrollHeight)) });
  await tab.screenshot({ path: path.join(process.env.SHOTS, `${name}.png`) });
  await tab.setViewportSize({ width, height });
}

const text = (frame, selector = 'main') => frame.locator(selector).first().innerText();
const has = (frame, words, timeout = 60000) => frame.getByText(words).first().waitFor({ timeout });

test('a failed step: what to do, in five requests, light and wide, dark and narrow', async (t) => {
  const run = standin.run({ result: 'failed', steps: [{ stage: 'Production', job: 'Deploy web', name: 'Check the connection', report: reports['expired-secret'] }] });
  const { tab, frame, server, host } = await shown(t, { run, themes: 1 });
  assert.match(await text(frame, 'h1'), /FAIL\s+not ready: access-token failed/);
  assert.match(await text(frame, 'header'), /Production › Deploy web › Check the connection/);
  assert.match(await text(frame, '.finding'), /the client secret of connection 'prod-key' has expired[\s\S]*Who\s+service connection administrator[\s\S]*AADSTS7000222[\s\S]*Choose Rotate secret/);
  assert.equal(await frame.evaluate(() => document.title), 'ARM Preflight: FAIL: not ready: access-token failed (0.1 s)');
  assert.match(await frame.getByRole('link', { name: 'Open the log' }).getAttribute('href'), /^https:\/\/dev\.azure\.com\/contoso\/Shop\/_build\/results\?buildId=\d+&view=logs&j=[0-9a-f-]{36}&t=[0-9a-f-]{36}$/);
  assert.match(await frame.getByRole('link', { name: 'Open the connection' }).getAttribute('href'), /_settings\/adminservices\?resourceId=0c5d8e17-a3f4-4b92-8d60-e7b1f2c94a35$/);
  assert.ok(server.asked.length <= 5, server.asked.join('\n'));
  const { messages } = await host();
  assert.equal(messages.filter((m) => m === 'notifyLoadSucceeded').length, 1);
  await accessible(frame, 'light and wide');
  await picture(tab, frame, 'failed-light-1366');
  await tab.evaluate(() => window.host.theme('dark'));
  await tab.setViewportSize({ width: 400, height: 900 });
  await frame.locator('html[data-theme=dark]').waitFor();
  assert.equal(await frame.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(32, 31, 30)');
  await accessible(frame, 'dark and narrow');
  await picture(tab, frame, 'failed-dark-400');
});

test('a report on its way: its step is named already', async (t) => {
  const run = standin.run({ steps: [{ stage: 'Production', job: 'Deploy web', name: 'Check the connection', report: reports['expired-secret'] }] });
  let arrive;
  const arrived = new Promise((resolve) => { arrive = resolve; });
  const { frame } = await shown(t, { run, hold: (url) => (url.endsWith(run.attached[0].name) ? arrived : undefined) }, { wait: 'header' });
  assert.match(await text(frame, 'header'), /Loading the report…\s+20261129\.\d+ · Production › Deploy web › Check the connection/);
  arrive();
  await has(frame, 'access-token failed');
});

test('a host without a theme: the reader\'s own', async (t) => {
  const { tab, frame } = await shown(t, { run: standin.run({}), theme: undefined });
  assert.equal(await frame.evaluate(() => document.documentElement.dataset.theme), 'light');
  await tab.emulateMedia({ colorScheme: 'dark' });
  await frame.locator('html[data-theme=dark]').waitFor();
  await tab.emulateMedia({ colorScheme: 'light' });
});

test('no report', async (t) => {
  const { tab, frame } = await shown(t, { run: standin.run({}), theme: 'dark' });
  assert.match(await text(frame), /This run has no ARM Preflight report/);
  await picture(tab, frame, 'empty-dark-1366');
});

test('fifty reports: a summary, the worst step first and open, the others on request', async (t) => {
  const kinds = ['healthy-federation', 'healthy-expiry-by-graph', 'secret-expiring', 'authority-down', 'waived-failure'];
  const steps = Array.from({ length: 50 }, (_, i) => ({ stage: `Stage ${i + 1}`, report: reports[i === 30 ? 'expired-secret' : kinds[i % kinds.length]] }));
  const { tab, frame, server } = await shown(t, { run: standin.run({ steps }) }, { width: 400 });
  await has(frame, '1 of 50 steps failed');
  assert.equal(await frame.locator('.card').count(), 50);
  const order = await frame.locator('.card > h2 .pill').allInnerTexts();
  const weigh = (word) => ['FAIL', 'UNKNOWN', 'WARN', 'PASS'].findIndex((w) => word.includes(w));
  assert.deepEqual(order.map(weigh), order.map(weigh).sort());
  assert.match(await text(frame, '.card'), /Stage 31 › deploy › ArmPreflight[\s\S]*What to do/);
  assert.equal(await frame.locator('.body').count(), 1);
  const last = frame.locator('.card').last();
  await last.getByRole('button').click();
  assert.match(await last.innerText(), /Contoso Prod/);
  assert.equal(server.asked.length, 53);
  await picture(tab, frame, 'fifty-light-400');
  await frame.evaluate(() => { for (const card of [...document.querySelectorAll('.card')].slice(3, -1)) card.remove(); }); // they're alike, and axe is slow
  await accessible(frame, 'many');
});

for (const place of ['old', 'server']) {
  test(`Azure DevOps at another place: ${place}`, async (t) => {
    const { frame } = await shown(t, { run: standin.run({ steps: [{ report: reports['healthy-federation'] }] }), place });
    assert.match(await text(frame, 'h1'), /PASS\s+ready: prod-federation → Contoso Prod/);
  });
}

for (const linked of [true, false]) {
  test(`attempts: the newest, and an earlier one on request, ${linked ? '' : 'not '}named by its step`, async (t) => {
    const run = standin.run({ steps: [{ stage: 'Production', linked, report: reports['healthy-expiry-by-graph'], attempts: [reports['expired-secret']] }] });
    const { frame, server } = await shown(t, { run });
    assert.match(await text(frame, 'h1'), /PASS\s+ready/);
    await has(frame, 'attempt 2');
    const show = frame.getByRole('button', { name: 'Show attempt 1' });
    await show.waitFor();
    const before = server.asked.length;
    await show.click();
    await has(frame.locator('.attempt'), 'has expired');
    assert.equal(server.asked.length, before + 1);
    await frame.getByRole('button', { name: 'Hide attempt 1' }).click();
    assert.equal(await frame.locator('.attempt').isVisible(), false);
  });
}

test('while the run is going, reports appear, and the place of the reader stays', async (t) => {
  const run = standin.run({ status: 'inProgress', result: undefined, steps: [] });
  const { tab, frame, server } = await shown(t, { run }, { clock: true });
  await has(frame, 'No ARM Preflight report yet');
  await has(frame, 'The run is still going');
  const first = standin.run({ id: run.id, steps: [{ stage: 'Test', report: reports['secret-expiring'] }] });
  Object.assign(run, { attached: first.attached, timelines: first.timelines, timeline: first.timeline });
  await tab.clock.fastForward(6000);
  await has(frame, 'expires in 5 days, with a warning');
  const compare = frame.getByRole('button', { name: 'Compare' });
  await compare.focus();
  await frame.evaluate(() => { document.querySelector('.finding').dataset.same = 'yes'; });
  await tab.clock.fastForward(10000);
  assert.equal(await frame.evaluate(() => document.querySelector('.finding').dataset.same), 'yes');
  assert.match(await frame.evaluate(() => document.activeElement.textContent), /Compare/);
  const second = standin.run({ id: run.id, steps: [{ stage: 'Test', report: reports['secret-expiring'] }, { stage: 'Production', report: reports['expired-secret'] }] });
  Object.assign(run, { attached: second.attached, timelines: second.timelines, timeline: second.timeline, status: 'completed', result: 'failed' });
  await tab.clock.fastForward(30000);
  await has(frame, '1 of 2 steps failed');
  await frame.getByText('The run is still going').waitFor({ state: 'detached' });
  const asked = server.asked.length;
  await tab.clock.fastForward(600000);
  assert.equal(server.asked.length, asked, 'a finished run is left alone');
});

test('polling has an end', async (t) => {
  const run = standin.run({ status: 'inProgress', steps: [] });
  const { tab, frame, server } = await shown(t, { run }, { clock: true });
  await has(frame, 'The run is still going');
  await tab.clock.fastForward(3700000);
  await has(frame, 'This page stopped checking for new reports after an hour.');
  assert.equal(server.asked.length, 5);
  await frame.getByRole('button', { name: 'Try again' }).click();
  await has(frame, 'The run is still going');
});

test('Azure DevOps stops answering while the run is going', async (t) => {
  let down = false;
  const { tab, frame } = await shown(t, { run: standin.run({ status: 'inProgress', steps: [{ report: reports['healthy-federation'] }] }), fail: () => (down ? 503 : 0) }, { clock: true });
  await has(frame, 'The run is still going');
  down = true;
  for (let i = 0; i < 20 && !(await frame.getByText('stopped answering').isVisible()); i++) {
    await tab.clock.fastForward(30000);
    await frame.waitForFunction(() => true);
  }
  await has(frame, "Azure DevOps stopped answering, so new reports don't appear here.");
  assert.match(await text(frame, 'h1'), /ready: prod-federation/);
  down = false;
  await frame.getByRole('button', { name: 'Try again' }).click();
  await has(frame, 'The run is still going');
});

test('errors: what happened, and another try', async (t) => {
  let status = 403;
  const world = { run: standin.run({ steps: [{ report: reports['healthy-federation'] }] }), fail: (p) => (/attachments\/[^/]+$/.test(p) ? status : 0) };
  const { tab, frame } = await shown(t, world);
  await has(frame, 'Azure DevOps rejected the request (HTTP 403)');
  await accessible(frame, 'an error');
  await picture(tab, frame, 'error-light-1366');
  for (const [next, words] of [[404, 'was deleted'], [500, 'HTTP 500'], ['hang up', "Couldn't reach Azure DevOps"]]) {
    status = next;
    await frame.getByRole('button', { name: 'Try again' }).click();
    await has(frame, words);
  }
  status = 0;
  await frame.getByRole('button', { name: 'Try again' }).click();
  await has(frame, 'ready: prod-federation');
});

test('one report of several can\'t be loaded', async (t) => {
  let broken = true;
  const run = standin.run({ steps: [{ stage: 'Test', report: reports['healthy-federation'] }, { stage: 'Production', report: reports['healthy-expiry-by-graph'] }] });
  const { frame } = await shown(t, { run, fail: (p) => (broken && p.endsWith(run.attached[1].name) ? 500 : 0) });
  await has(frame, "1 of 2 reports couldn't be read");
  assert.match(await text(frame, 'h1'), /UNKNOWN/);
  assert.match(await text(frame, '.card'), /Production[\s\S]*HTTP 500/);
  broken = false;
  await frame.locator('.card').first().getByRole('button', { name: 'Try again' }).click();
  await has(frame, 'All 2 steps passed');
});

test('a frame that says nothing', async (t) => {
  const { tab, frame } = await shown(t, { run: standin.run({}), silent: true, theme: undefined }, { clock: true, wait: 'main' });
  assert.match(await text(frame), /Loading the report/);
  await tab.clock.fastForward(25000);
  await has(frame, "Azure DevOps didn't answer");
});

test('a frame that shows no run', async (t) => {
  const { frame } = await shown(t, { run: standin.run({}), noRun: true });
  await has(frame, "This page doesn't know which run it's for");
});

test('the last successful run, and what changed', async (t) => {
  const step = { stage: 'Production', job: 'deploy', name: 'Check' };
  const older = standin.run({ steps: [{ ...step, report: reports['healthy-expiry-by-graph'] }] });
  const other = standin.run({ pipeline: 99, steps: [{ ...step, report: reports['healthy-federation'] }] });
  const run = standin.run({ result: 'failed', steps: [{ ...step, report: reports['expired-secret'] }] });
  const { tab, frame, server } = await shown(t, { run, others: [older, other], theme: 'dark' });
  await frame.getByRole('button', { name: 'Compare' }).click();
  await has(frame, `Compared with run ${older.number}`);
  assert.match(await text(frame, '.changes'), /access-token[\s\S]*PASS: granted, valid for 60 minutes[\s\S]*FAIL: the client secret[\s\S]*Known only then: token lifetime \(60 minutes\)[\s\S]*The same in both: connection/);
  assert.equal(server.asked.length, 8);
  await accessible(frame, 'a comparison');
  await picture(tab, frame, 'compared-dark-1366');
  older.branch = 'refs/heads/release';
  await frame.getByRole('button', { name: 'Compare' }).click();
  await has(frame, 'That run is from another branch: refs/heads/release.');
  older.result = 'failed';
  await frame.getByRole('button', { name: 'Compare' }).click();
  await has(frame, 'None of the latest successful runs before this one has a report of this step.');
});

test('permissions that a deployment needs', async (t) => {
  const { tab, frame } = await shown(t, { run: standin.run({ steps: [{ report: reports['deployment-role-assignment'] }] }) });
  assert.match(await text(frame, '.needs'), /resource group rg-app[\s\S]*9[\s\S]*1[\s\S]*Microsoft\.Authorization\/roleAssignments\/write/);
  await frame.locator('.needs summary').click();
  assert.match(await text(frame, '.needs'), /Microsoft\.Resources\/deployments\/write/);
  await picture(tab, frame, 'permissions-light-1366');
});

test('keyboard only: compare, filter, copy', async (t) => {
  const { tab, frame } = await shown(t, { run: standin.run({ steps: [{ report: reports['expired-secret'] }] }) });
  const focused = () => frame.evaluate(() => document.activeElement === document.body ? '' : document.activeElement.textContent);
  const reach = async (words) => {
    for (let i = 0; i < 60; i++) {
      await tab.keyboard.press('Tab');
      if ((await focused()).includes(words)) return;
    }
    assert.fail(`Tab doesn't reach ${words}`);
  };
  await reach('Compare with the last successful run');
  assert.notEqual(await frame.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none');
  await tab.keyboard.press('Enter');
  await has(frame, 'None of the latest successful runs');
  await reach('Copy');
  await tab.keyboard.press('Enter');
  await has(frame, /^(Copied|Selected: press Ctrl\+C)$/);
  const rows = frame.locator('.checks tbody tr:visible');
  const shownFirst = await rows.count();
  await reach('PASS');
  await tab.keyboard.press('Space');
  assert.equal(await rows.count(), 1);
  await reach('SKIP');
  await tab.keyboard.press('Space');
  assert.ok((await rows.count()) > shownFirst);
});

test('a report of another form: the attached page, without scripts', async (t) => {
  const { tab, frame, server } = await shown(t, { run: standin.run({ steps: [{ report: { schemaVersion: '2', secret: 'shape' }, page }] }) });
  await has(frame, 'A later version of ARM Preflight wrote this report');
  const inner = frame.locator('iframe');
  await inner.waitFor();
  assert.equal(await inner.getAttribute('sandbox'), '');
  await frame.frameLocator('iframe').getByText('What to do').first().waitFor();
  assert.ok(server.asked.length <= 5, server.asked.join('\n'));
  await picture(tab, frame, 'other-form-light-1366');
});

// Each of these would leave a mark on the page, in another window, or at another host.
const markup = `<img src=x onerror="parent.marked=1;window.marked=1"><script>window.marked=1</script><a href="javascript:window.marked=1">x</a> ]]> &lt;b&gt; \u202e {{1}}`;

test('a hostile report is text', async (t) => {
  const spoil = (value, key) => {
    if (Array.isArray(value)) return value.map((v) => spoil(v));
    if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, spoil(v, k)]));
    if (typeof value !== 'string' || ['schemaVersion', 'status', 'layer', 'result', 'step', 'failOn', 'state', 'certainty', 'confidence', 'role'].includes(key)) return value;
    return key === 'link' ? 'javascript:window.marked=1' : markup;
  };
  const report = JSON.stringify(spoil({ ...reports['expired-secret'], deployment: reports['deployment-role-assignment'].deployment })).replace('{', '{"__proto__":{"marked":1},"constructor":{"prototype":{"marked":1}},');
  const run = standin.run({ number: markup, steps: [{ stage: markup, name: markup, report }] });
  const { frame } = await shown(t, { run });
  await has(frame, 'onerror');
  for (const button of await frame.locator('button:visible').all()) await button.click();
  assert.equal(await frame.locator('main :is(img, script, iframe, form, style)').count(), 0);
  assert.deepEqual(await frame.locator('a').evaluateAll((all) => all.map((a) => a.protocol).filter((p) => p !== 'https:')), []);
  assert.equal(await frame.evaluate(() => window.marked ?? {}.marked), undefined);
});

test('a hostile page does nothing', async (t) => {
  const got = [];
  const elsewhere = http.createServer((request, response) => { got.push(request.url); response.end(); });
  await new Promise((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  t.after(() => { elsewhere.close(); elsewhere.closeAllConnections(); });
  const origin = `http://127.0.0.1:${elsewhere.address().port}`;
  const hostile = `<meta http-equiv="refresh" content="0;url=${origin}/refresh"><base href="${origin}"><script>parent.document.title='marked';top.location='${origin}/script'</script>
<link rel="stylesheet" href="${origin}/style.css"><link rel="preload" as="image" href="${origin}/preload"><link rel="prefetch" href="${origin}/prefetch"><img src="${origin}/image"><iframe src="${origin}/frame"></iframe><body onload="parent.marked=1">
<form action="${origin}/form"><input name="a"><button id="send">send</button></form><a id="go" href="${origin}/go" target="_self" ping="${origin}/ping">go</a><a id="top" href="${origin}/top" target="_top">top</a><a id="new" href="${origin}/new" target="_blank">new</a><style>@import "${origin}/import";</style><object data="${origin}/object"></object><p>the end</p>`;
  const run = standin.run({ steps: [{ report: { schemaVersion: '9' }, page: hostile }] });
  const { frame, tab } = await shown(t, { run }, { allow: [`frame-src ${origin}`, 'frame-src'] });
  const inner = frame.frameLocator('iframe');
  await inner.getByText('the end').waitFor();
  for (const id of ['send', 'top', 'new', 'go']) await inner.locator(`#${id}`).click({ timeout: 2000 }).catch(() => {});
  await frame.waitForFunction(() => window.violations.some((v) => v.startsWith('frame-src'))); // the last click was one
  assert.equal(await frame.evaluate(() => window.marked), undefined);
  assert.match(await frame.evaluate(() => document.title), /^ARM Preflight/);
  assert.match(tab.url(), /\/host$/);
  assert.deepEqual(got, [], 'requests to the other place');
});

test('attachments of twenty megabytes', async (t) => {
  const run = standin.run({ steps: [
    { stage: 'Huge', report: Buffer.alloc(20 << 20, '[') },
    { stage: 'Huge page', report: { schemaVersion: '2' }, page: Buffer.alloc(20 << 20, 'a') },
    { stage: 'Fine', report: reports['healthy-federation'] },
  ] });
  const { frame } = await shown(t, { run });
  await has(frame, "2 of 3 reports couldn't be read");
  for (const stage of ['Huge ›', 'Huge page']) {
    const card = frame.locator('.card').filter({ hasText: stage });
    if ((await card.locator('.toggle').getAttribute('aria-expanded')) === 'false') await card.locator('.toggle').click();
    await has(card, 'too large to show');
  }
});

test('what no report is', async (t) => {
  const { frame } = await shown(t, { run: standin.run({ steps: [{ report: '<html>a proxy says no</html>' }] }) });
  await has(frame, "The attachment isn't an ARM Preflight report");
});
