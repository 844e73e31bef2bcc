/**
 * `npm run bench:sdk`: what the SDK costs a service; writes docs/bench-sdk.md and docs/bench-sdk.json. `npm run bench:ui`: how large traces open and
 * move in the browser; writes docs/bench-ui.md. `npm run bench`: what the collector takes, keeps and answers in numbers, on a seeded load. `npm run bench -- --peers` runs others beside it.
 * Writes docs/bench.md and docs/bench.json.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { exitCodeOf } from './workspace/child-process.mjs';
import { prepare } from './workspace/prepare.mjs';
import { childEnvironment, NODE, ROOT } from './workspace/repository.mjs';
import { runCommand } from './workspace/stop.mjs';

await runCommand('npm run bench', async () => {
  await prepare((line) => console.log(line));
  const [first, ...rest] = process.argv.slice(2);
  const part = ['sdk', 'ui'].find((name) => name === first);
  const script = path.join(ROOT, part ?? 'collector', 'bench', 'run.ts');
  const child = spawn(NODE, [script, ...(part ? rest : process.argv.slice(2))], { cwd: ROOT, env: childEnvironment(), stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
});
