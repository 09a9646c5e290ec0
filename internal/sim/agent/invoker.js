// Stands inside the simulated container between the agent and the task's handler. It reads one JSON order from stdin,
// makes the environment, starts the handler and passes its exit code on. A handler that a signal has ended has no exit
// code, and so counts as a success: that is the contract, however surprising.
'use strict';
const { spawn } = require('child_process');

let order = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (part) => { order += part; });
process.stdin.on('end', () => {
  const { handler, args, workDir, environment, prependPath } = JSON.parse(order);
  for (const [name, value] of Object.entries(environment)) {
    const line = value.replace(/\r/g, '%0D').replace(/\n/g, '%0A');
    console.log('##vso[task.debug]Set env: ' + name + '=' + line);
    process.env[name] = value;
  }
  process.env.TF_BUILD = 'True';
  if (prependPath) {
    process.env.PATH = process.env.PATH ? prependPath + ':' + process.env.PATH : prependPath;
  }
  spawn(handler, [args], { cwd: workDir, stdio: 'inherit' }).on('exit', (code) => {
    if (code) {
      process.exit(code);
    }
  });
});
