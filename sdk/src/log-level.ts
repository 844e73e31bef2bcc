#!/usr/bin/env node
import { ThreadlineError } from './errors.ts';
import { logLevelHeaders, USAGE } from './log-level-headers.ts';

/** The command `threadline-log-level`. */
const args = process.argv.slice(2);
try {
  const isAskedForHelp = args.includes('--help') || args.includes('-h');
  process.stdout.write(isAskedForHelp ? `${USAGE}\n` : logLevelHeaders(args, process.env, Date.now()));
} catch (error) {
  if (!(error instanceof ThreadlineError)) throw error;
  process.stderr.write(`threadline-log-level: ${error.message}\n`);
  process.exitCode = 1;
}
