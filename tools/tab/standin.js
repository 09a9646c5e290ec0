'use strict';
// Stands in for Azure DevOps around the results tab: the frame that shows it, and the REST API that it asks.
//
// The frame plays the host's part of azure-devops-extension-sdk: JSON messages with an ID, an instance, a method, and a handshake
// token; services are objects whose functions are proxies. The API answers as documented for version 5.0, which Azure DevOps Server
// 2019 has, and refuses newer versions as a server does. The two have different origins, and so does the tab.
const fs = require('fs');
const http = require('http');
const path = require('path');

const project = { id: '5f2b8f5e-2b44-4d8e-9f4b-0a4c1d2e3f40', name: 'Shop' };
const guid = (n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
const types = { report: 'armpreflight.report-json.v1', page: 'armpreflight.report.v1' };

const themes = {
  light: {
    'background-color': 'rgba(255, 255, 255, 1)', 'text-primary-color': 'rgba(0, 0, 0, .9)', 'text-secondary-color': 'rgba(0, 0, 0, .55)',
    'border-subtle-color': 'rgba(0, 0, 0, .08)', 'communication-foreground': 'rgba(0, 90, 158, 1)', 'communication-background': 'rgba(0, 120, 212, 1)',
  },
  dark: {
    'background-color': 'rgba(32, 31, 30, 1)', 'text-primary-color': 'rgba(255, 255, 255, .9)', 'text-secondary-color': 'rgba(255, 255, 255, .65)',
    'border-subtle-color': 'rgba(255, 255, 255, .12)', 'communication-foreground': 'rgba(108, 184, 246, 1)', 'communication-background': 'rgba(43, 136, 216, 1)',
  },
};

// run makes a run. Each step is { stage, job, name, report, page, attempts }: attempts are earlier ones, oldest first, each with a
// report. A report or a page is a text, an object, or undefined if the step attached none.
let last = 1000;
function run(options) {
  const made = { id: ++last, number: '20261129.' + last, status: 'completed', result: 'succeeded', branch: 'refs/heads/main', pipeline: 12, queued: new Date(Date.UTC(2026, 10, 1) + last * 60000), steps: [], ...options };
  made.timeline = guid(made.id * 1000);
  made.timelines = new Map([[made.timeline, []]]);
  made.attached = [];
  made.steps.forEach((step, i) => addStep(made, step, i));
  return made;
}

function addStep(made, { stage = '__default', job = 'deploy', name = 'ArmPreflight', report, page, attempts = [], retried = [], linked = true }, order) {
  const base = made.id * 1000 + 10 + order * 40;
  const earlier = attempts.map((_, k) => guid(made.id * 1000 + 1 + k));
  [...earlier, made.timeline].forEach((timeline, k) => {
    const at = (n) => guid(base + k * 8 + n);
    const attempt = k + 1;
    const previousAttempts = (n) => (timeline === made.timeline ? earlier.map((t, e) => ({ attempt: e + 1, timelineId: t, recordId: guid(base + e * 8 + n) })) : []);
    const record = (n, type, called, parent) => ({ id: at(n), parentId: parent, type, name: called, order: order + 1, attempt, state: 2, result: 0, previousAttempts: linked || type !== 'Task' ? previousAttempts(n) : [], startTime: null });
    if (!made.timelines.has(timeline)) made.timelines.set(timeline, []);
    made.timelines.get(timeline).push(record(1, 'Stage', stage, null), record(2, 'Phase', job, at(1)), record(3, 'Job', job, at(2)), record(4, 'Task', name, at(3)));
    const contents = timeline === made.timeline ? [...retried, report] : [attempts[k]];
    contents.forEach((content, n) => {
      if (content === undefined) return;
      const folder = `armpreflight-report-${base + k * 8}${n || ''}`;
      made.attached.push({ type: types.report, timeline, record: at(4), name: folder, content });
      if (page !== undefined) made.attached.push({ type: types.page, timeline, record: at(4), name: folder, content: page });
    });
  });
}

// An address of a run's API in each place where Azure DevOps can be.
const places = {
  cloud: 'https://dev.azure.com/contoso/',
  old: 'https://contoso.visualstudio.com/',
  server: 'http://tfs.contoso.example:8080/tfs/Default%20Collection/',
};

// open starts the servers. world has: run (the one that the page shows), others, theme, delay (milliseconds of each request),
// place, fail (a function of a path that gives a status), hold (one that gives a promise to wait for), and policy (headers of the tab's files).
async function open(bundle, world) {
  const asked = [];
  const api = http.createServer((request, response) => {
    setTimeout(async () => {
      if (world.hold) await world.hold(request.url);
      answer(request, response);
    }, world.delay || 0);
  });
  const answer = (request, response) => {
    const url = new URL(request.url, 'http://standin');
    if (url.pathname === '/favicon.ico') return send(response, 204);
    if (url.pathname === '/host') return send(response, 200, 'text/html', hostPage(tabURL, apiURL, world));
    response.setHeader('Access-Control-Allow-Origin', request.headers.origin || '*');
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Headers', request.headers['access-control-request-headers'] || '');
      return send(response, 204);
    }
    asked.push(`${request.method} ${url.pathname.replace(/^.*_apis\/build\//, '')}${url.search}`);
    const status = world.fail && world.fail(url.pathname, asked.length);
    if (status === 'hang up') return request.socket.destroy();
    if (status) return send(response, status, 'application/json', JSON.stringify({ message: 'no' }));
    return rest(request, response, url, world);
  };
  const files = http.createServer((request, response) => {
    const name = path.basename(new URL(request.url, 'http://standin').pathname);
    for (const [header, value] of Object.entries(world.policy(apiURL))) response.setHeader(header, value);
    const kind = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' }[path.extname(name)];
    if (!kind) return send(response, 404);
    return send(response, 200, kind, fs.readFileSync(path.join(bundle, 'tab', name)));
  });
  const apiURL = await listen(api);
  const tabURL = await listen(files);
  return { host: apiURL + '/host', api: apiURL, asked, close: () => Promise.all([api, files].map((s) => new Promise((done) => { s.close(done); s.closeAllConnections(); }))) };
}

function listen(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`)));
}

function send(response, status, type, body) {
  if (type) response.setHeader('Content-Type', type);
  response.writeHead(status).end(body);
}

function rest(request, response, url, world) {
  const refuse = (status, message) => send(response, status, 'application/json', JSON.stringify({ message }));
  if (request.method !== 'GET') return refuse(405, 'the tab only reads');
  if (request.headers.authorization !== 'Bearer token-of-the-host') return refuse(401, 'not signed in');
  const version = /api-version=(\d+)\.(\d+)(-preview\.\d+)?/.exec(request.headers.accept || '');
  if (!version || Number(version[1]) > 5 || Number(version[2]) > 0) return refuse(400, 'VS404 the requested REST API version is out of range for this server');
  const parts = decodeURIComponent(url.pathname).split('/_apis/build/');
  if (!parts[0].endsWith('/' + project.id)) return refuse(404, 'no such project');
  const json = (value) => send(response, 200, 'application/json', JSON.stringify(value).replace(/"\/Date\((\d+)\)\/"/g, '"\\/Date($1)\\/"'));
  const all = [world.run, ...(world.others || [])];
  const [, id, rest] = /^builds\/(\d+)(.*)$/.exec(parts[1]) || [];
  if (parts[1] === 'builds') return json(listed(all, url.searchParams));
  const asked = all.find((r) => r.id === Number(id));
  if (!asked) return refuse(404, 'no such build');
  if (rest === '') return json(build(asked));
  const list = /^\/attachments\/([^/]+)$/.exec(rest);
  const one = /^\/([^/]+)\/([^/]+)\/attachments\/([^/]+)\/([^/]+)$/.exec(rest);
  const timeline = /^\/timeline(?:\/([^/]+))?$/i.exec(rest);
  if ((list || one) && !version[3]) return refuse(400, 'VS403 attachments are in preview: the -preview flag must be supplied');
  if (list) {
    return json(asked.attached.filter((a) => a.type === list[1]).map((a) => ({
      name: a.name,
      _links: { self: { href: a.href || `${places[world.place || 'cloud']}${project.id}/_apis/build/builds/${asked.id}/${a.timeline}/${a.record}/attachments/${a.type}/${a.name}` } },
    })));
  }
  if (one) {
    const found = asked.attached.find((a) => a.timeline === one[1] && a.record === one[2] && a.type === one[3] && a.name === one[4]);
    if (!found) return refuse(404, 'no such attachment');
    const content = typeof found.content === 'object' && !Buffer.isBuffer(found.content) ? JSON.stringify(found.content) : found.content;
    return send(response, 200, 'application/octet-stream', content);
  }
  if (timeline) {
    const records = asked.timelines.get(timeline[1] || asked.timeline);
    return records ? json({ id: timeline[1] || asked.timeline, changeId: 1, records }) : refuse(404, 'no such timeline');
  }
  return refuse(404, 'no such resource');
}

// The client requests enumerations as numbers and dates as /Date(…)/.
function build(r) {
  return {
    id: r.id, buildNumber: r.number, status: { inProgress: 1, completed: 2, notStarted: 32 }[r.status], result: { succeeded: 2, failed: 8 }[r.result],
    queueTime: `/Date(${r.queued.getTime()})/`, sourceBranch: r.branch, definition: { id: r.pipeline, name: 'deploy' },
  };
}

function listed(all, query) {
  const known = ['definitions', 'statusFilter', 'resultFilter', 'queryOrder', 'maxTime', 'branchName', '$top'];
  for (const name of query.keys()) if (!known.includes(name)) throw new Error(`the stand-in doesn't know the parameter ${name}`);
  return all
    .filter((r) => r.pipeline === Number(query.get('definitions')) && r.status === query.get('statusFilter') && r.result === query.get('resultFilter'))
    .filter((r) => !query.has('branchName') || r.branch === query.get('branchName'))
    .filter((r) => !query.has('maxTime') || r.queued <= new Date(query.get('maxTime')))
    .sort((a, b) => b.queued - a.queued)
    .slice(0, Number(query.get('$top')))
    .map(build);
}

// hostPage is the page around the tab. window.host has what the tab told it, and lets a test change the theme.
function hostPage(tabURL, apiURL, world) {
  const script = `(${hostScript.toString()})(${JSON.stringify({ themes, theme: world.theme, project: world.silent ? undefined : project, run: world.noRun ? undefined : { id: world.run.id }, api: apiURL, silent: world.silent })});`;
  return `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>host</title><style>html,body{margin:0;height:100%}iframe{border:0;width:100%;height:100%;display:block}</style>
<iframe title="ARM Preflight" sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-forms" src="${tabURL}/tab/index.html"></iframe><script>${script}</script></html>`;
}

function hostScript({ themes, theme, project, run, api, silent }) {
  const frame = document.querySelector('iframe');
  const proxies = [];
  const proxy = (f) => ({ __proxyFunctionId: proxies.push(f), _channelId: 1 });
  const host = { loaded: 0, options: undefined, messages: [], theme: (name) => frame.contentWindow.postMessage(JSON.stringify({ id: 9000, instanceId: 'DevOps.SdkClient', methodName: 'dispatchEvent', params: ['themeChanged', { detail: { data: themes[name] } }] }), '*') };
  window.host = host;
  const services = {
    'ms.vss-tfs-web.tfs-page-data-service': { getProject: () => project },
    'ms.vss-build-web.build-page-data-service': { getBuildPageData: () => (run ? { build: run } : undefined) },
    'ms.vss-features.location-service': { getResourceAreaLocation: () => api + '/tfs/Default%20Collection/', getServiceLocation: () => 'https://dev.azure.com/contoso/' },
  };
  const methods = {
    initialHandshake: ([options]) => {
      host.options = options;
      return { contributionId: 'armpreflight.arm-preflight-tab.results', context: { extension: { id: 'armpreflight.arm-preflight-tab' }, user: {}, host: {}, pageContext: { webContext: { project } } }, initialConfig: {}, themeData: options.applyTheme && theme ? themes[theme] : undefined };
    },
    notifyLoadSucceeded: () => { host.loaded = host.loaded || performance.now(); },
    notifyLoadFailed: () => { host.loadFailed = true; },
    getAccessToken: () => ({ token: 'token-of-the-host' }),
    getService: ([id]) => Object.fromEntries(Object.entries(services[id]).map(([name, f]) => [name, proxy(f)])),
  };
  window.addEventListener('message', (event) => {
    if (event.source !== frame.contentWindow || silent) return;
    const message = JSON.parse(event.data);
    if (!message.methodName) return;
    host.messages.push(message.methodName);
    const f = message.instanceId === '__proxyFunctions' ? proxies[Number(message.methodName.replace('proxy', '')) - 1] : methods[message.methodName];
    const result = f(message.params || []);
    if (message.methodName === 'initialHandshake') host.ready = performance.now();
    frame.contentWindow.postMessage(JSON.stringify({ id: message.id, result, handshakeToken: message.handshakeToken }), '*');
  });
}

module.exports = { open, run, types };
