// Leaves a process behind, with (STDIO=inherit) or without a hold on the streams.
const { spawn } = require('child_process');
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: process.env.STDIO, detached: true });
child.unref();
console.log('left ' + child.pid);
if (process.env.DONE) {
  console.log('##vso[task.complete result=Succeeded;done=true;]');
  setInterval(() => {}, 1000);
} else {
  process.exit(0);
}
