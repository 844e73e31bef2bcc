import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const DIST = join(import.meta.dirname, '..', 'dist');

it('is ASCII, so that V8 keeps its source at a byte a character', () => {
  const files = globSync('**/*.js', { cwd: DIST }).filter((file) => !file.endsWith('.test.js'));
  expect(files).toContain(join('core', 'sdk.js'));
  expect(files.filter((file) => /[^\0-\x7f]/.test(readFileSync(join(DIST, file), 'utf8')))).toEqual([]);
});
