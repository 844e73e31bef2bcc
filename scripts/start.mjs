/**
 * `npm start`: installs what is missing, builds what changed, runs the collector until it ends or a signal comes, and ends
 * with its exit code. Runs on any Node from 20, since npm may run on it before ours is installed; needs no package.
 */
import { onStopRequest } from './workspace/child-process.mjs';
import { prepare } from './workspace/prepare.mjs';
import { startServer } from './workspace/server-process.mjs';
import { runCommand } from './workspace/stop.mjs';

await runCommand('npm start', async () => {
  await prepare((line) => console.error(line));
  const collector = startServer('collector/dist/main.js');
  const forget = onStopRequest(collector.stop);
  return collector.exited.finally(forget);
});
