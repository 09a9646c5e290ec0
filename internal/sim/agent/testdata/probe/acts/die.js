// Ends by a signal, as if the machine had run out of memory.
process.kill(process.pid, 'SIGKILL');
setInterval(() => {}, 1000);
