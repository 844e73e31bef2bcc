/**
 * `node --import @threadline/sdk/register app.js`: starts the SDK from the environment before the app is loaded. The
 * one module of this package that does something when it is imported. A wrong setting ends the process with one line
 * and exit code 1, since a service that runs unseen is worse than one that says why it does not start.
 */
import { ThreadlineError } from './errors.ts';
import { startBeforeApp } from './start.ts';

try {
  startBeforeApp();
} catch (error) {
  if (!(error instanceof ThreadlineError)) throw error;
  process.stderr.write(`threadline: ${error.message}\n`);
  process.exit(1);
}
