import { describe, expect, it } from 'vitest';
import { staleReason } from './install.mjs';

const WANTED = {
  '': { version: '1.0.0' },
  sdk: { version: '0.1.0' },
  'node_modules/sdk': { link: true },
  'node_modules/express': { version: '5.3.0', integrity: 'sha512-a' },
  'node_modules/turbo-windows': { version: '2.0.0', integrity: 'sha512-b', optional: true },
};
const { 'node_modules/turbo-windows': _optional, '': _root, ...INSTALLED } = WANTED;

describe('staleReason', () => {
  it('finds nothing to do where all is installed but what is for another platform', () => {
    expect(staleReason(WANTED, INSTALLED)).toBeUndefined();
  });

  it('says that nothing is installed', () => {
    expect(staleReason(WANTED, undefined)).toBe('node_modules is missing');
  });

  it('sees a package that is missing, as without development dependencies', () => {
    const { 'node_modules/express': _express, ...rest } = INSTALLED;
    expect(staleReason(WANTED, rest)).toContain('node_modules/express');
  });

  it('sees another version, and other bytes of the same version', () => {
    expect(staleReason(WANTED, { ...INSTALLED, 'node_modules/express': { version: '5.2.0', integrity: 'sha512-a' } })).toContain('express');
    expect(staleReason(WANTED, { ...INSTALLED, 'node_modules/express': { version: '5.3.0', integrity: 'sha512-z' } })).toContain('express');
  });

  it('sees an optional package of another version', () => {
    const other = { version: '1.9.0', integrity: 'sha512-y', optional: true };
    expect(staleReason(WANTED, { ...INSTALLED, 'node_modules/turbo-windows': other })).toContain('turbo-windows');
  });
});
