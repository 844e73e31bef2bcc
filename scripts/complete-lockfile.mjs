/**
 * `node scripts/complete-lockfile.mjs` after `npm install`: adds to package-lock.json what npm left out of it. Where a
 * registry mirror carries only some platforms' builds of a package, npm drops the others' from the lock file, and then
 * `npm ci` refuses it everywhere. `--check` only says what is missing, with exit code 1.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { missingEntries } from './lockfile-entries.mjs';
import { ROOT } from './workspace/repository.mjs';
import { runCommand, Stop } from './workspace/stop.mjs';

await runCommand('complete-lockfile', async () => {
  const file = path.join(ROOT, 'package-lock.json');
  const lock = JSON.parse(await readFile(file, 'utf8'));
  const missing = missingEntries(lock.packages);
  const names = Object.keys(missing);
  if (names.length === 0) return 0;
  if (process.argv.includes('--check'))
    throw new Stop(`package-lock.json lacks ${names.join(', ')}; run node scripts/complete-lockfile.mjs`);
  const sorted = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, 'en'));
  await writeFile(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  console.log(`added ${names.join(', ')}`);
  return 0;
});
