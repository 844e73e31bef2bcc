import { runCli } from './run-cli.ts';
import { createTerminal } from './terminal.ts';

/** The command line's side effects: arguments, environment, streams, signals, exit code. */

/** As shells have it for a process that a signal ended. */
const EXIT_INTERRUPTED = 130;

const interrupted = new AbortController();
process.once('SIGINT', () => {
  interrupted.abort();
  // A second one does not wait for what is under way.
  process.once('SIGINT', () => process.exit(EXIT_INTERRUPTED));
});
// Who reads our output has read enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  out: createTerminal(process.stdout, process.env),
  err: createTerminal(process.stderr, process.env),
  signal: interrupted.signal,
});
process.exitCode = interrupted.signal.aborted ? EXIT_INTERRUPTED : exitCode;
