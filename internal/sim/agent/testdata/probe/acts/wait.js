// Waits for signals. EXIT_ON names the one that it obeys; without one it obeys none.
for (const name of ['SIGINT', 'SIGTERM']) {
  process.on(name, () => {
    console.log('got ' + name);
    if (name === process.env.EXIT_ON) {
      console.log('##vso[task.complete result=Failed;]cleaned up');
      process.exit(0);
    }
  });
}
setInterval(() => {}, 1000);
console.log('ready');
