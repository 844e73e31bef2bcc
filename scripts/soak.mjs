/**
 * `npm run soak`: kill runs and exporters of other languages, which take too long for every change.
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
  const script = path.join(ROOT, 'collector', 'test', 'soak', 'run.ts');
  const child = spawn(NODE, [script, ...process.argv.slice(2)], { cwd: ROOT, env: childEnvironment(), stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
});
