/**
 * `npm start`: installs what is missing, builds what changed, runs the collector in front until it ends or a signal comes.
 * Runs on any Node from 20, since npm may run on it before ours is installed; needs no package.
 */

import { onStopRequest } from './workspace/child-process.mjs';
import { startCollector } from './workspace/collector-process.mjs';
import { prepare } from './workspace/prepare.mjs';
import { runCommand } from './workspace/stop.mjs';

await runCommand('npm start', async () => {
  await prepare((line) => console.error(line));
  const collector = startCollector();
  const forget = onStopRequest((signal) => collector.stop(signal));
  return collector.exited.finally(forget);
});
