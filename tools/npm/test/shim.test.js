// Runs task/ArmPreflight/v1/index.js as the agent does, as a process of its own, with small scripts in place of the program.
'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const { builtinModules } = require('node:module');
const os = require('node:os');
const path = require('node:path');
const { test: nodeTest } = require('node:test');
const acorn = require('acorn');

// Each test may take a minute. Node's --test-timeout would hold for the whole file, which takes as long on a busy machine.
const test = (name, run) => nodeTest(name, { timeout: 60000 }, run);

const SHIM = path.join(__dirname, '..', '..', '..', 'task', 'ArmPreflight', 'v1', 'index.js');
const SECRET = 'planted-secret-7Qd';
const HERE = 'linux-amd64/armpreflight'; // what the shim starts when told that it is on linux x64
const OUTPUTS = ['failedChecks', 'subscriptionId', 'tenantId', 'daysToExpiry', 'reportPath', 'toolPath'];
const SAYS_WHERE = '#!/bin/sh\necho "started $0 $*"\n';

// newTask lays out a task folder with a space in its path: files are name → script; every one is on the list of sums,
// unless sums replaces the list (null: no list at all).
function newTask(t, files, { mode = 0o755, sums } = {}) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'shim test '));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  const task = path.join(root, 'task');
  const temp = path.join(root, 'temp');
  fs.mkdirSync(path.join(task, 'bin'), { recursive: true });
  fs.mkdirSync(temp);
  fs.copyFileSync(SHIM, path.join(task, 'index.js'));
  let list = '';
  for (const [name, script] of Object.entries(files)) {
    const file = path.join(task, 'bin', name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, script);
    fs.chmodSync(file, mode);
    list += crypto.createHash('sha256').update(script).digest('hex') + '  ' + name + '\n';
  }
  if (sums !== null) {
    fs.writeFileSync(path.join(task, 'bin', 'SHA256SUMS'), sums ?? list);
  }
  return { task, temp, file: path.join(task, 'bin', HERE) };
}

// reset is how the shim makes the outputs anew.
function reset(extra = '') {
  const set = (name, value) => `##vso[task.setvariable variable=ArmPreflight.${name};${extra}]${value}`;
  return [set('result', 'unknown'), ...OUTPUTS.map((name) => set(name, ''))];
}

// start runs the shim; done resolves to its end. Whatever happens, no value of the environment may be printed.
function start({ task, temp }, stubs = {}, env = {}) {
  const child = spawn(process.execPath, ['--require', path.join(__dirname, 'stubs.js'), path.join(task, 'index.js')], {
    cwd: os.tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      AGENT_TEMPDIRECTORY: temp,
      PLANTED_SECRET: SECRET,
      SHIM_STUBS: JSON.stringify({ platform: 'linux', arch: 'x64', ...stubs }),
      ...env,
    },
  });
  let out = '';
  let err = '';
  let readerGone = false;
  const waiting = [];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
    waiting.forEach((look) => look());
  });
  child.stderr.setEncoding('utf8').on('data', (text) => { err += text; });
  const printed = (word) => new Promise((resolve) => {
    const look = () => out.includes(word) && resolve();
    waiting.push(look);
    look();
  });
  const done = new Promise((resolve) => {
    child.on('close', (code, signal) => {
      assert.ok(!out.includes(SECRET) && !err.includes(SECRET), 'a value of the environment was printed');
      const commands = out.split(/\r?\n/).filter((line) => line.includes('##vso['));
      assert.ok(commands.every((line) => line.startsWith('##vso[') && !line.includes(temp)), commands.join('\n'));
      const before = commands.splice(0, OUTPUTS.length + 1);
      const expected = readerGone ? [] : reset(env.INPUT_OUTPUTS ? 'isoutput=true;' : '');
      assert.deepEqual(before, expected, 'the outputs are not reset first');
      out = out.split(/(?<=\n)/).slice(before.length).join('');
      const spawns = err.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
      resolve({ code, signal, out, err, commands, spawns });
    });
  });
  const leave = () => {
    readerGone = true;
    child.stdout.destroy();
  };
  return { child, done, printed, leave };
}

const run = (task, stubs, env) => start(task, stubs, env).done;

function assertToolFault(end, reason) {
  assert.equal(end.code, 0, end.out + end.err);
  assert.equal(end.commands.length, 2, end.out + end.err);
  assert.match(end.commands[0], /^##vso\[task\.logissue type=warning;code=tool-fault;\]ARM Preflight couldn't run: /);
  assert.match(end.commands[0], reason);
  assert.match(end.commands[0], /the deployment weren't checked\.$/);
  assert.match(end.commands[1], /^##vso\[task\.complete result=SucceededWithIssues;\]/);
}

function assertDamaged(end, reason) {
  assert.equal(end.code, 1, end.out + end.err);
  assert.equal(end.commands.length, 2, end.out + end.err);
  assert.match(end.commands[0], /^##vso\[task\.logissue type=error;code=tool-fault;\]ARM Preflight wasn't started: /);
  assert.match(end.commands[0], reason);
  assert.match(end.commands[1], /^##vso\[task\.complete result=Failed;\]/);
  assert.deepEqual(end.spawns, [], 'something was started');
}

test('the shim parses as ES2015 and loads core modules only', () => {
  const source = fs.readFileSync(SHIM, 'utf8');
  acorn.parse(source, { ecmaVersion: 2015, sourceType: 'script' });
  assert.throws(() => acorn.parse('async function f() {}', { ecmaVersion: 2015 }), 'the parser accepts newer syntax');
  const required = [...source.matchAll(/require\(([^)]*)\)/g)].map((match) => match[1].replace(/^'|'$/g, ''));
  assert.ok(required.length > 0);
  assert.deepEqual(required.filter((name) => !builtinModules.includes(name)), []);
});

for (const [platform, arch, name] of [
  ['linux', 'x64', 'linux-amd64/armpreflight'],
  ['linux', 'arm64', 'linux-arm64/armpreflight'],
  ['darwin', 'x64', 'darwin-amd64/armpreflight'],
  ['darwin', 'arm64', 'darwin-arm64/armpreflight'],
  ['win32', 'x64', 'windows-amd64/armpreflight.exe'],
  ['win32', 'arm64', 'windows-amd64/armpreflight.exe'],
]) {
  test(`${platform} ${arch} starts ${name} with the one argument run`, async (t) => {
    const end = await run(newTask(t, { [name]: SAYS_WHERE, 'other/armpreflight': SAYS_WHERE }), { platform, arch });
    assert.equal(end.code, 0, end.err);
    assert.match(end.out, new RegExp('started .*/bin/' + name + ' run\n$'));
    assert.deepEqual(end.commands, []);
    assert.deepEqual(end.spawns, [{ args: ['run'], options: { stdio: 'inherit' }, adds: ['ARMPREFLIGHT_NODE'] }]);
  });
}

for (const [platform, arch] of [['linux', 'arm'], ['linux', 'ia32'], ['win32', 'ia32'], ['freebsd', 'x64']]) {
  test(`${platform} ${arch} is not served and says which platforms are`, async (t) => {
    const end = await run(newTask(t, { [HERE]: SAYS_WHERE }), { platform, arch });
    assertToolFault(end, new RegExp(`\\(${platform} ${arch}\\) isn't supported; supported are Linux, Windows, and macOS on x64 and ARM64`));
    assert.deepEqual(end.spawns, []);
  });
}

test('text in a message cannot end the line or be decoded twice', async (t) => {
  const end = await run(newTask(t, {}), { arch: 'x\r\n##vso[task.complete result=Succeeded;]%0A' });
  assertToolFault(end, /\(linux x%0D%0A##vso\[task\.complete result=Succeeded;\]%AZP250A\)/);
});

test('the outputs that are reset are those that the task may set, but for the list of what was checked', () => {
  const task = JSON.parse(fs.readFileSync(path.join(path.dirname(SHIM), 'task.json'), 'utf8'));
  assert.deepEqual(['result', ...OUTPUTS, 'checked'].map((name) => 'ArmPreflight.' + name).sort(), task.restrictions.settableVariables.allowed.sort());
});

test('the outputs are reset as output variables where the outputs input says so', async (t) => {
  const end = await run(newTask(t, {}), {}, { INPUT_OUTPUTS: 'Reference' }); // start looks at them
  assert.equal(end.code, 0);
});

for (const [name, task, stubs] of [
  ['the program is missing', (t) => newTask(t, {})],
  ['the program was changed', (t) => newTask(t, { [HERE]: SAYS_WHERE }, { sums: '0'.repeat(64) + '  ' + HERE + '\n' })],
  ['there is no list of sums', (t) => newTask(t, { [HERE]: SAYS_WHERE }, { sums: null })],
  ['it cannot be started', (t) => newTask(t, { [HERE]: SAYS_WHERE }), { spawn: ['throw:E2BIG'] }],
  ['it ends without a result', (t) => newTask(t, { [HERE]: '#!/bin/sh\nexit 3\n' })],
  ['it is killed', (t) => newTask(t, { [HERE]: '#!/bin/sh\nkill -KILL $$\n' })],
]) {
  test(`a step that a decorator added succeeds with a warning when ${name}`, async (t) => {
    for (const instance of ['__system_1', '__SYSTEM_12']) {
      const end = await start(task(t), stubs ?? {}, { SYSTEM_TASKINSTANCENAME: instance }).done;
      assert.equal(end.code, 0, end.out + end.err);
      assert.match(end.out, /##vso\[task\.logissue type=warning;code=tool-fault;\]/);
      assert.match(end.out, /##vso\[task\.complete result=Succeeded;\]/);
      assert.doesNotMatch(end.out, /type=error|started \//);
    }
    const own = await start(task(t), stubs ?? {}, { SYSTEM_TASKINSTANCENAME: 'my__system_1' }).done;
    assert.doesNotMatch(own.out, /task\.complete result=Succeeded;/);
  });
}

for (const sections of ['child_process', 'http,CHILD_PROCESS', '*', 'child*']) {
  test(`NODE_DEBUG=${sections} would print the environment, so nothing is started`, async (t) => {
    const task = newTask(t, { [HERE]: SAYS_WHERE });
    const { out, err } = await start(task, {}, { NODE_DEBUG: sections }).done;
    assert.match(out, /NODE_DEBUG/);
    assert.match(out, /task\.complete result=SucceededWithIssues;/);
    assert.doesNotMatch(out + err, /started/);
  });
}

test('a missing program is a tool fault', async (t) => {
  assertToolFault(await run(newTask(t, {})), /bin\/linux-amd64\/armpreflight\) is missing/);
});

test('a changed program is never started', async (t) => {
  const task = newTask(t, { [HERE]: SAYS_WHERE });
  fs.appendFileSync(task.file, '# one more line\n');
  assertDamaged(await run(task), /the SHA-256 of bin\/linux-amd64\/armpreflight is [0-9a-f]{64}, expected [0-9a-f]{64}/);
});

test('a program that is not on the list is never started', async (t) => {
  const other = '0'.repeat(64) + '  linux-arm64/armpreflight\n';
  assertDamaged(await run(newTask(t, { [HERE]: SAYS_WHERE }, { sums: other })), /isn't in the list of SHA-256 sums/);
});

test('without a list nothing is started', async (t) => {
  assertDamaged(await run(newTask(t, { [HERE]: SAYS_WHERE }, { sums: null })), /can't be read \(ENOENT\)/);
});

test('a list with Windows line ends is read', async (t) => {
  const sum = crypto.createHash('sha256').update(SAYS_WHERE).digest('hex');
  const end = await run(newTask(t, { [HERE]: SAYS_WHERE }, { sums: `${sum} *${HERE}\r\n` }));
  assert.match(end.out, /^started /);
});

test('a lost exec bit is restored in place', async (t) => {
  const task = newTask(t, { [HERE]: SAYS_WHERE }, { mode: 0o644 });
  const end = await run(task);
  assert.equal(end.out, `started ${task.file} run\n`, end.err);
  assert.equal(fs.statSync(task.file).mode & 0o777, 0o755);
  assert.deepEqual(fs.readdirSync(task.temp), []);
});

function assertRanPrivateCopy(end, task) {
  assert.equal(end.code, 0, end.out + end.err);
  const [folder] = fs.readdirSync(task.temp);
  const copy = path.join(task.temp, folder, 'armpreflight');
  assert.equal(end.out, `started ${copy} run\n`);
  assert.equal(fs.statSync(path.dirname(copy)).mode & 0o777, 0o700);
  assert.equal(fs.statSync(copy).mode & 0o777, 0o700);
  assert.deepEqual(end.commands, []);
}

test('where the exec bit cannot be set a private copy runs', async (t) => {
  const task = newTask(t, { [HERE]: SAYS_WHERE }, { mode: 0o644 });
  assertRanPrivateCopy(await run(task, { noChmod: true }), task);
});

test('where the task folder is mounted noexec a private copy runs', async (t) => {
  const task = newTask(t, { [HERE]: SAYS_WHERE });
  assertRanPrivateCopy(await run(task, { noExec: [task.task] }), task);
});

for (const failure of ['throw:ETXTBSY', 'throw:ENOEXEC', 'emit:EACCES']) {
  test(`a start that fails once (${failure}) is tried again from a private copy`, async (t) => {
    const task = newTask(t, { [HERE]: SAYS_WHERE });
    const end = await run(task, { spawn: [failure] });
    assertRanPrivateCopy(end, task);
    assert.equal(end.spawns.length, 2);
  });
}

test('a copy that cannot be started either is a tool fault after two tries', async (t) => {
  const end = await run(newTask(t, { [HERE]: SAYS_WHERE }), { spawn: ['emit:EACCES', 'emit:EACCES'] });
  assertToolFault(end, /couldn't be started \(EACCES\)/);
  assert.equal(end.spawns.length, 2);
});

test('a start that a copy cannot help is a tool fault after one try', async (t) => {
  const end = await run(newTask(t, { [HERE]: SAYS_WHERE }), { spawn: ['throw:E2BIG'] });
  assertToolFault(end, /couldn't be started \(E2BIG\)/);
  assert.equal(end.spawns.length, 1);
});

test('nowhere to execute is a tool fault', async (t) => {
  const task = newTask(t, { [HERE]: SAYS_WHERE });
  const end = await run(task, { noExec: [task.task, task.temp] });
  assertToolFault(end, /neither the task folder nor the agent's temporary folder allows running programs/);
  assert.deepEqual(end.spawns, []);
});

test('no place for a copy is a tool fault', async (t) => {
  const task = newTask(t, { [HERE]: SAYS_WHERE });
  fs.rmdirSync(task.temp);
  assertToolFault(await run(task, { noExec: [task.task] }), /couldn't be copied .* \(ENOENT\)/);
});

test('a copy that was changed on its way is never started', async (t) => {
  const task = newTask(t, { [HERE]: SAYS_WHERE });
  const end = await run(task, { noExec: [task.task], badCopy: true });
  assertDamaged(end, /the copy in the agent's temporary folder differs/);
  assert.deepEqual(end.spawns, []);
});

for (const code of [1, 2, 3, 7]) {
  test(`a program that ends with ${code} has no result, whatever it said before`, async (t) => {
    const end = await run(newTask(t, { [HERE]: `#!/bin/sh\necho '##vso[task.setvariable variable=ArmPreflight.result;]pass'\nexit ${code}\n` }));
    assert.equal(end.code, 0);
    assert.deepEqual(end.commands.slice(1, 1 + OUTPUTS.length + 1), reset());
    assertToolFault({ ...end, commands: end.commands.slice(1 + OUTPUTS.length + 1) }, new RegExp(`ended with exit code ${code} `));
  });
}

test('the outputs of a program that ends well stay', async (t) => {
  const end = await run(newTask(t, { [HERE]: "#!/bin/sh\necho '##vso[task.setvariable variable=ArmPreflight.result;]pass'\n" }));
  assert.deepEqual(end.commands, ['##vso[task.setvariable variable=ArmPreflight.result;]pass']);
});

test('a program that says that it was canceled keeps its exit code', async (t) => {
  const end = await run(newTask(t, { [HERE]: '#!/bin/sh\nexit 130\n' }));
  assert.equal(end.code, 130);
  assert.deepEqual(end.commands, reset());
});

for (const [signal, code] of [['KILL', 137], ['TERM', 143], ['SEGV', 139]]) {
  test(`a program that dies of SIG${signal} gives ${code} and says so`, async (t) => {
    const end = await run(newTask(t, { [HERE]: `#!/bin/sh\necho '##vso[task.setvariable variable=ArmPreflight.result;]pass'\nkill -${signal} $$\n` }));
    assert.equal(end.code, code, end.out + end.err);
    assert.deepEqual(end.commands.slice(1, -1), reset());
    assert.match(end.commands.at(-1), new RegExp(`^##vso\\[task\\.logissue type=error;code=tool-fault;\\].* SIG${signal}`));
  });
}

// waits for the signal, takes a moment, and ends with its own code
const catches = (signal, code) => `#!${process.execPath}
process.on('${signal}', () => setTimeout(() => { console.log('caught ${signal}'); process.exit(${code}); }, 50));
setInterval(() => {}, 1000);
console.log('ready ' + process.pid);
`;

for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) {
  test(`${signal} reaches the program and the shim waits for it`, async (t) => {
    const shim = start(newTask(t, { [HERE]: catches(signal, code) }));
    await shim.printed('ready');
    shim.child.kill(signal);
    const end = await shim.done;
    assert.equal(end.signal, null, 'the shim died of the signal');
    assert.equal(end.code, code);
    assert.match(end.out, new RegExp(`caught ${signal}`));
    assert.deepEqual(end.commands, reset());
    const pid = Number(/ready (\d+)/.exec(end.out)[1]);
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });
}

test('a program that dies of the cancel gives 130 without an issue', async (t) => {
  const shim = start(newTask(t, { [HERE]: '#!/bin/sh\necho ready\nexec sleep 60\n' }));
  await shim.printed('ready');
  shim.child.kill('SIGINT');
  const end = await shim.done;
  assert.equal(end.code, 130);
  assert.deepEqual(end.commands, reset());
});

test('a reader that has gone away costs the message and not the exit code', async (t) => {
  const shim = start(newTask(t, { [HERE]: '#!/bin/sh\nread -r line </dev/null\nkill -KILL $$\n' }));
  shim.leave();
  const end = await shim.done;
  assert.equal(end.code, 137, end.err);
});
