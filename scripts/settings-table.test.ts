import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../collector/src/config.ts';
import { replaceSettings, settingsTable } from './settings-table.mjs';
import { ROOT } from './workspace/repository.mjs';

const sample = { name: 'THREADLINE_X', defaultText: 'a', description: 'a or b', example: 'b' };

describe('the table of settings', () => {
  it('in README.md is that of the collector (else: node scripts/write-settings-table.mjs)', () => {
    const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
    expect(readme).toBe(replaceSettings(readme, settingsTable(Object.values(SETTINGS))));
  });

  it('has a row each, says what is not set, and keeps bars inside their cell', () => {
    const rows = settingsTable([sample, { ...sample, defaultText: undefined, description: 'a | b' }])
      .split('\n')
      .slice(2);
    expect(rows).toEqual(['| `THREADLINE_X` | `a` | a or b | `b` |', '| `THREADLINE_X` | not set | a \\| b | `b` |']);
  });

  it('is written between the markers, as often as one likes, and nowhere else', () => {
    const text = 'before\n<!-- settings:start -->\nold\n<!-- settings:end -->\nafter\n';
    const once = replaceSettings(text, 'new') ?? '';
    expect(once).toBe('before\n<!-- settings:start -->\n\nnew\n\n<!-- settings:end -->\nafter\n');
    expect(replaceSettings(once, 'new')).toBe(once);
    expect(replaceSettings('no markers', 'new')).toBeUndefined();
  });
});
