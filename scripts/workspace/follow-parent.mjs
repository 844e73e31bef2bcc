/**
 * Preloaded into what we start in a process group of its own: when the starting process is gone, killed perhaps, this one
 * is asked to stop as by a signal. Without it the ports would stay taken until somebody finds the process.
 */
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
