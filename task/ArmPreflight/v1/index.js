// Starts the armpreflight program that fits this machine and passes on what happens to it; nothing else.
//
// The agent runs this file with whichever Node it has, so it keeps to ES2015 and Node's own modules. It does not load
// azure-pipelines-task-lib: that takes the task's inputs and endpoints out of the environment, and the program needs them.
// It prints logging commands only, and never a value from the environment.
'use strict';

const childProcess = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');

// Node's platform and architecture → the folder under bin. Windows on ARM runs amd64 programs.
const FOLDERS = {
  'darwin arm64': 'darwin-arm64',
  'darwin x64': 'darwin-amd64',
  'linux arm64': 'linux-arm64',
  'linux x64': 'linux-amd64',
  'win32 arm64': 'windows-amd64',
  'win32 x64': 'windows-amd64'
};
const SERVED = 'Linux, Windows, and macOS on x64 and ARM64';
const BIN = path.join(__dirname, 'bin');
const SUMS = path.join(BIN, 'SHA256SUMS');
const WINDOWS = process.platform === 'win32';
const SIGNALS = WINDOWS ? ['SIGINT', 'SIGBREAK'] : ['SIGINT', 'SIGTERM'];
// What starting a file answers where it may not be executed or is still open for writing; a copy elsewhere may do.
const COPY_MAY_HELP = ['EACCES', 'ENOEXEC', 'ETXTBSY'];

// The outputs beside the result, each empty until the program sets it.
const OUTPUTS = ['failedChecks', 'subscriptionId', 'tenantId', 'daysToExpiry', 'reportPath', 'toolPath'];
const CANCELED = 130; // the program's exit code for a run that was canceled

// A pipeline decorator added this step: Azure Pipelines names it so. No author asked for it, so no fault of ours may cost a run anything.
const INJECTED = /^__system_/i.test(process.env.SYSTEM_TASKINSTANCENAME || '');

let child = null; // the running program
let canceled = ''; // the first signal we were sent

// command prints one logging command in the agent's own escaping (microsoft/azure-pipelines-agent
// src/Agent.Sdk/CommandStringConvertor.cs); every line of this file goes through it.
function command(name, properties, message) {
  const data = function (text) {
    return String(text).replace(/%/g, '%AZP25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
  };
  const pairs = Object.keys(properties).map(function (key) {
    return key + '=' + data(properties[key]).replace(/\]/g, '%5D').replace(/;/g, '%3B') + ';';
  });
  process.stdout.write('##vso[' + name + (pairs.length ? ' ' + pairs.join('') : '') + ']' + data(message) + os.EOL);
}

// setOutput sets an output the way the program does.
function setOutput(name, value) {
  const properties = { variable: 'ArmPreflight.' + name };
  if ((process.env.INPUT_OUTPUTS || '').trim().toLowerCase() === 'reference') {
    properties.isoutput = 'true';
  }
  command('task.setvariable', properties, value);
}

// resetOutputs comes before everything that can fail: whatever becomes of this step, no later one reads what an earlier
// one left behind.
function resetOutputs() {
  setOutput('result', 'unknown');
  OUTPUTS.forEach(function (name) {
    setOutput(name, '');
  });
}

// notJudged ends the step when there is no result.
function notJudged(type, result, code, message) {
  command('task.logissue', { type: type, code: 'tool-fault' }, message);
  command('task.complete', { result: result }, message);
  process.exitCode = code;
}

// toolFault is our own failure, not the deployment's: the run goes on.
function toolFault(reason) {
  notJudged('warning', INJECTED ? 'Succeeded' : 'SucceededWithIssues', 0,
    'ARM Preflight couldn\'t run: ' + reason + '. The service connection and the deployment weren\'t checked.');
}

// damaged refuses a file that is not the one we shipped.
function damaged(reason) {
  notJudged(INJECTED ? 'warning' : 'error', INJECTED ? 'Succeeded' : 'Failed', INJECTED ? 0 : 1, 'ARM Preflight wasn\'t started: ' + reason +
    '. The copy of the task on this agent is damaged or was changed: delete its folder under the agent\'s _tasks folder, and re-run the job.');
}

// codeOf names an error without its text, which may hold a path from the environment.
function codeOf(error) {
  return /^[A-Z0-9_]+$/.test(error.code) ? error.code : 'an unknown error';
}

// sha256 reads file in parts: into one buffer of the file's size, it takes three times as long.
function sha256(file) {
  const hash = crypto.createHash('sha256');
  const buffer = Buffer.alloc(256 * 1024);
  const fd = fs.openSync(file, 'r');
  try {
    for (let n = fs.readSync(fd, buffer, 0, buffer.length, null); n > 0; n = fs.readSync(fd, buffer, 0, buffer.length, null)) {
      hash.update(buffer.slice(0, n));
    }
  } finally {
    fs.closeSync(fd);
  }
  return hash.digest('hex');
}

// expectedSum looks up a file's SHA-256 in the list that is shipped beside the programs; '' when it is not there.
function expectedSum(name) {
  let found = '';
  fs.readFileSync(SUMS, 'utf8').split('\n').forEach(function (line) {
    const match = /^([0-9a-f]{64}) [ *](\S+)\r?$/.exec(line);
    if (match && match[2] === name) {
      found = match[1];
    }
  });
  return found;
}

// executable gives the owner and others the right to execute file, where it is missing: packages lose it on their way.
// False where that does not work, also on a file system that is mounted noexec.
function executable(file, mode) {
  const allowed = function () {
    try {
      fs.accessSync(file, fs.constants.X_OK);
      return true;
    } catch (error) {
      return false;
    }
  };
  if (WINDOWS || allowed()) {
    return true;
  }
  try {
    fs.chmodSync(file, mode);
  } catch (error) {
    return false;
  }
  return allowed();
}

// privateCopy puts a verified copy into a fresh folder that only this user can open. The folder stays, since later steps
// may use the program; the agent empties its temporary folder after each job. Returns '' when it has ended the step.
function privateCopy(file, sum) {
  let copy;
  let actual;
  try {
    const folder = fs.mkdtempSync(path.join(process.env.AGENT_TEMPDIRECTORY || os.tmpdir(), 'armpreflight-'));
    copy = path.join(folder, path.basename(file));
    fs.writeFileSync(copy, fs.readFileSync(file), { mode: 0o700, flag: 'wx' });
    actual = sha256(copy);
  } catch (error) {
    toolFault('the task folder doesn\'t allow running programs, and they couldn\'t be copied to the agent\'s temporary folder (' + codeOf(error) + ')');
    return '';
  }
  if (actual !== sum) {
    damaged('the copy in the agent\'s temporary folder differs from the list of SHA-256 sums');
    return '';
  }
  if (!executable(copy, 0o700)) {
    toolFault('neither the task folder nor the agent\'s temporary folder allows running programs (read-only, or mounted noexec)');
    return '';
  }
  return copy;
}

// environment is what the program gets: what this process got, and the path of the Node that runs it, which leads to the
// agent's folder and which no variable of the job reaches. GOTRACEBACK could make it leave its memory in a file.
function environment() {
  const all = Object.assign({}, process.env);
  Object.keys(all).forEach(function (name) {
    if (/^(ARMPREFLIGHT_NODE|GOTRACEBACK)$/i.test(name)) {
      delete all[name];
    }
  });
  all.ARMPREFLIGHT_NODE = process.execPath;
  return all;
}

// writeNoReports stops Node from writing the environment to a file when a signal comes or something goes wrong. Which
// reports it writes is also in NODE_OPTIONS, but whoever can set that can run code here, and that can't be prevented.
function writeNoReports() {
  if (process.report) { // since Node 12
    process.report.reportOnSignal = false;
    process.report.reportOnFatalError = false;
    process.report.reportOnUncaughtException = false;
    process.report.excludeEnv = true; // of reports that are written all the same; since Node 22
  }
}

// run starts file and waits. startFailed is called at most once, with an error's code, if it could not be started.
function run(file, startFailed) {
  let settled = false;
  const failed = function (error) {
    if (!settled) {
      settled = true;
      child = null;
      startFailed(codeOf(error));
    }
  };
  if (canceled) {
    process.exitCode = 128 + os.constants.signals[canceled];
    return;
  }
  try {
    // No shell, and on Windows the console is shared: the program gets the agent's CTRL_C by itself.
    child = childProcess.spawn(file, ['run'], { stdio: 'inherit', env: environment() });
  } catch (error) {
    failed(error);
    return;
  }
  child.on('error', function (error) {
    if (!child || !child.pid) {
      failed(error);
    }
  });
  child.on('exit', function (code, signal) {
    settled = true;
    child = null;
    process.exitCode = signal ? 128 + os.constants.signals[signal] : code;
    if (process.exitCode === 0) {
      return;
    }
    resetOutputs(); // it may have set some before it ended
    if (canceled || code === CANCELED) {
      return;
    }
    if (signal && !INJECTED) {
      command('task.logissue', { type: 'error', code: 'tool-fault' }, 'ARM Preflight was stopped by ' + signal +
        (signal === 'SIGKILL' ? ' (often because the machine or the container is out of memory)' : '') + ' before it had a result.');
      return;
    }
    if (signal) {
      toolFault('the program was stopped by ' + signal + ' before it had a result');
      return;
    }
    toolFault('the program ended with exit code ' + code + ' before it had a result');
  });
}

// forwardSignals keeps this process alive until the program has ended; the agent signals this process only.
function forwardSignals() {
  SIGNALS.forEach(function (signal) {
    process.on(signal, function () {
      canceled = canceled || signal;
      if (child && !WINDOWS) {
        child.kill(signal);
      }
    });
  });
}

// nodePrintsTheEnvironment says whether Node was told to print what it starts programs with, environment and all. Node
// reads NODE_DEBUG before this file, so all that is left is not to start one.
function nodePrintsTheEnvironment() {
  return (process.env.NODE_DEBUG || '').split(',').some(function (section) {
    const pattern = section.trim().replace(/[|\\{}()[\]^$+?.]/g, '\\$&').replace(/\*/g, '.*');
    return new RegExp('^' + pattern + '$', 'i').test('child_process');
  });
}

function main() {
  resetOutputs();
  writeNoReports();
  if (nodePrintsTheEnvironment()) {
    toolFault('the variable NODE_DEBUG makes Node print the environment of what it starts, secrets included; remove child_process or * from it');
    return;
  }
  const folder = FOLDERS[process.platform + ' ' + process.arch];
  if (!folder) {
    toolFault('this platform (' + process.platform + ' ' + process.arch + ') isn\'t supported; supported are ' + SERVED);
    return;
  }
  const name = folder + '/armpreflight' + (WINDOWS ? '.exe' : '');
  const file = path.join(BIN, name);
  if (!fs.existsSync(file)) {
    toolFault('the program for this platform (bin/' + name + ') is missing from the task');
    return;
  }
  let sum = '';
  try {
    sum = expectedSum(name);
  } catch (error) {
    damaged('the list of SHA-256 sums can\'t be read (' + codeOf(error) + ')');
    return;
  }
  if (!sum) {
    damaged('bin/' + name + ' isn\'t in the list of SHA-256 sums');
    return;
  }
  let actual;
  try {
    actual = sha256(file);
  } catch (error) {
    toolFault('the program for this platform (bin/' + name + ') can\'t be read (' + codeOf(error) + ')');
    return;
  }
  if (actual !== sum) {
    damaged('the SHA-256 of bin/' + name + ' is ' + actual + ', expected ' + sum);
    return;
  }

  const cannotStart = function (code) {
    toolFault('the program couldn\'t be started (' + code + ')');
  };
  const runCopy = function () {
    const copy = privateCopy(file, sum);
    if (copy) {
      run(copy, cannotStart);
    }
  };
  forwardSignals();
  if (!executable(file, 0o755)) {
    runCopy();
    return;
  }
  run(file, function (code) {
    if (COPY_MAY_HELP.indexOf(code) >= 0) {
      runCopy();
    } else {
      cannotStart(code);
    }
  });
}

// Whoever read our output is gone; the exit code still tells.
process.stdout.on('error', function () {});
main();
