import { describe, expect, it } from 'vitest';
import { hasReadKey } from './read-key-check.ts';

describe('hasReadKey', () => {
  it.each(['Bearer secret', 'bearer secret', 'BEARER  secret'])('takes the key in %s', (header) => {
    expect(hasReadKey(header, 'secret')).toBe(true);
  });

  it.each([
    undefined,
    '',
    'secret',
    'Bearer',
    'Bearer ',
    'Basic secret',
    'Bearer secrets',
    'Bearer secre',
    'Bearer Secret',
    'Bearer secret x',
  ])('takes no key in %s', (header) => {
    expect(hasReadKey(header, 'secret')).toBe(false);
  });
});
