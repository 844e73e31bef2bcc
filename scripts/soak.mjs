/**
 * `npm run soak`: what takes too long for every change. The storage's suite on Elasticsearch 8, the browser's audit of every page, the SDK's transports on real servers and its minute without a collector, kill runs, exporters of other languages.
 * `npm run soak -- SEED` repeats a kill run. Writes docs/soak.md.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { exitCodeOf } from './workspace/child-process.mjs';
import { prepare } from './workspace/prepare.mjs';
import { childEnvironment, NODE, ROOT } from './workspace/repository.mjs';
import { runCommand } from './workspace/stop.mjs';

await runCommand('npm run soak', async () => {
  await prepare((line) => console.log(line));
  const older = await run([
    'scripts/test.mjs',
    '--part',
    'storage-elasticsearch-8',
    '--part',
    'browser-elasticsearch-rest',
    '--part',
    'browser-audit',
  ]);
  const transports = await run([
    'scripts/test.mjs',
    '--part',
    'servers',
    '--part',
    'sdk-transports',
    '--part',
    'sdk-confluent-kafka',
    '--part',
    'sdk-node-22',
    '--part',
    'sdk-outage',
  ]);
  const collector = await run(['collector/test/soak/run.ts', ...process.argv.slice(2)]);
  return older || transports || collector;
});

/**
 * Runs a script of the repository on its own Node, in front.
 *
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code
 */
function run([script, ...args]) {
  const child = spawn(NODE, [path.join(ROOT, script ?? ''), ...args], { cwd: ROOT, env: childEnvironment(), stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}
