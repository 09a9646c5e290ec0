// Loaded into the shim's process with --require: makes it see another platform, or file system and spawn calls that fail.
// SHIM_STUBS holds JSON: {platform, arch, noChmod, noExec: [folder…], badCopy, spawn: ["throw:CODE" | "emit:CODE" | "pass", …]}.
'use strict';

const childProcess = require('child_process');
const events = require('events');
const fs = require('fs');

const stubs = JSON.parse(process.env.SHIM_STUBS || '{}');
delete process.env.SHIM_STUBS;

function failure(code) {
  return Object.assign(new Error('stub ' + code + ' ' + process.env.PLANTED_SECRET), { code: code });
}

['platform', 'arch'].forEach(function (name) {
  if (stubs[name]) {
    Object.defineProperty(process, name, { value: stubs[name] });
  }
});

if (stubs.noChmod) {
  fs.chmodSync = function () {
    throw failure('EROFS');
  };
}

if (stubs.noExec) {
  const accessSync = fs.accessSync;
  fs.accessSync = function (file, mode) {
    if (stubs.noExec.some(function (folder) { return file.indexOf(folder) === 0; })) {
      throw failure('EACCES');
    }
    return accessSync(file, mode);
  };
}

if (stubs.badCopy) {
  const writeFileSync = fs.writeFileSync;
  fs.writeFileSync = function (file, data, options) {
    return writeFileSync(file, '#!/bin/sh\necho changed\n', options);
  };
}

const spawn = childProcess.spawn;
const plan = stubs.spawn || [];
childProcess.spawn = function (file, args, options) {
  const step = (plan.shift() || 'pass').split(':');
  // Of the environment only the names that the shim adds: the test looks for its values in what's printed.
  const adds = Object.keys(options.env).filter(function (name) { return !(name in process.env); });
  fs.writeSync(2, JSON.stringify({ args: args, options: Object.assign({}, options, { env: undefined }), adds: adds }) + '\n');
  if (step[0] === 'throw') {
    throw failure(step[1]);
  }
  if (step[0] === 'emit') {
    const child = new events.EventEmitter();
    process.nextTick(function () { child.emit('error', failure(step[1])); });
    return child;
  }
  return spawn(file, args, options);
};
