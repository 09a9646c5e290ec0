// A parent that ends on SIGINT without a thought for its child, which would tell if it heard the signal.
const { spawn } = require('child_process');
const script = "process.on('SIGINT', () => console.log('child got SIGINT')); console.log('child ready'); setInterval(() => {}, 1000)";
const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
child.stdout.on('data', (text) => {
  process.stdout.write(text);
  console.log('ready');
});
process.on('SIGINT', () => {
  console.log('parent got SIGINT');
  process.exit(0);
});
