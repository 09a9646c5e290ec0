// Loaded into the Node of a measured step before the task's own script: notes when that script begins, hashes the program,
// starts it, and sees it end, as milliseconds since 1970, and writes them to the file that ARMPREFLIGHT_MARKS names.
'use strict';
const childProcess = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const { performance } = require('perf_hooks');

const marks = {};
const mark = (name) => { marks[name] = marks[name] || performance.timeOrigin + performance.now(); };

const { createHash } = crypto;
crypto.createHash = (...args) => { mark('hash'); return createHash(...args); };
const { spawn } = childProcess;
childProcess.spawn = (...args) => {
  mark('spawn');
  const child = spawn(...args);
  mark('spawned');
  child.on('exit', () => mark('ended'));
  return child;
};
process.on('exit', () => {
  mark('exit');
  fs.writeFileSync(process.env.ARMPREFLIGHT_MARKS, JSON.stringify(marks));
});
mark('script');
