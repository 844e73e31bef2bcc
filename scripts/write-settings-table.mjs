/**
 * `node scripts/write-settings-table.mjs` writes the collector's settings into README.md, between its two markers, from
 * the table in collector/src/config.ts; build first. With `--check` it writes nothing and exits with 1 when README.md differs.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { replaceSettings, settingsTable } from './settings-table.mjs';
import { ROOT } from './workspace/repository.mjs';
import { runCommand, Stop } from './workspace/stop.mjs';

await runCommand('write-settings-table', async () => {
  const { SETTINGS } = await import('../collector/dist/config.js').catch(() => {
    throw new Stop('collector/dist/config.js is missing; run npm run build first');
  });
  const file = path.join(ROOT, 'README.md');
  const before = await readFile(file, 'utf8');
  const after = replaceSettings(before, settingsTable(Object.values(SETTINGS)));
  if (after === undefined)
    throw new Stop('README.md has no <!-- settings:start --> and <!-- settings:end -->; put them where the table belongs');
  if (after === before) return 0;
  if (process.argv.includes('--check'))
    throw new Stop('the settings in README.md are not those of the collector; run node scripts/write-settings-table.mjs');
  await writeFile(file, after);
  return 0;
});
