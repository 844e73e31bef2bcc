import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readList, readText, rejectUnknownSettings, SETTINGS } from './settings.ts';

describe('the settings', () => {
  it.each(Object.entries(SETTINGS))('%s is in docs/sdk.md with what it is for', (name, purpose) => {
    const page = readFileSync(new URL('../../docs/sdk.md', import.meta.url), 'utf8');
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    expect(row).toContain(purpose.replaceAll('’', "'"));
  });
  it('are read without blanks, and an empty one counts as not set', () => {
    expect([readText({ A: ' x ' }, 'A'), readText({ A: '  ' }, 'A'), readText({}, 'A')]).toEqual(['x', undefined, undefined]);
    expect(readList({ A: ' a, ,b,' }, 'A')).toEqual(['a', 'b']);
  });
  it('of others are nobody’s business here', () => {
    expect(() => rejectUnknownSettings({ THREADLINE_STORAGE: 'embedded', OTEL_ANYTHING: '1' })).not.toThrow();
    expect(() => rejectUnknownSettings({ THREADLINE_SDK_TRUSTED: 'all' })).toThrow(
      'THREADLINE_SDK_TRUSTED: unknown setting, did you mean THREADLINE_SDK_TRUST?',
    );
  });
});
