import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateSpool, readSpoolConfig } from './spool-location.ts';

const URLS = ['http://localhost:4318/v1/traces', 'http://localhost:4318/v1/logs'];

describe('readSpoolConfig', () => {
  it('keeps 64 MiB where nothing is set', () => {
    expect(readSpoolConfig({})).toEqual({ directory: undefined, maxBytes: 64 * 1024 * 1024 });
  });

  it.each([
    [{ THREADLINE_SDK_SPOOL_DIR: 'spool' }, /THREADLINE_SDK_SPOOL_DIR: expected the absolute path of a folder/],
    [{ THREADLINE_SDK_SPOOL_DIR: process.execPath }, /THREADLINE_SDK_SPOOL_DIR: expected the absolute path of a folder/],
    [{ THREADLINE_SDK_SPOOL_MAX_BYTES: '-1' }, /THREADLINE_SDK_SPOOL_MAX_BYTES: expected a whole number of at least 0/],
    [{ THREADLINE_SDK_SPOOL_MAX_BYTES: '1000' }, /THREADLINE_SDK_SPOOL_MAX_BYTES: expected 0 for none, or at least 1048576/],
  ])('refuses %j', (environment, message) => {
    expect(() => readSpoolConfig(environment)).toThrow(message);
  });
});

describe('locateSpool', () => {
  const config = { directory: undefined, maxBytes: 1024 * 1024 };

  it('is the folder that was set, whatever the service', () => {
    expect(locateSpool({ ...config, directory: '/var/spool/orders' }, 'orders', URLS)).toEqual({
      root: '/var/spool/orders',
      privateParent: undefined,
    });
  });

  it('is one for each service and collector below this user’s own of the temporary folder', () => {
    const roots = [
      locateSpool(config, 'orders', URLS),
      locateSpool(config, 'payments', URLS),
      locateSpool(config, 'orders', ['http://collector:4318/v1/traces']),
      locateSpool(config, '../../etc', URLS),
    ].map((location) => location?.root ?? '');
    expect(new Set(roots).size).toBe(4);
    for (const root of roots) expect(join(root, '..')).toBe(join(tmpdir(), `threadline-${process.getuid?.()}`));
    expect(locateSpool(config, 'orders', URLS)?.root).toBe(roots[0]);
  });

  it('is nowhere when nothing is to be kept', () => {
    expect(locateSpool({ ...config, maxBytes: 0 }, 'orders', URLS)).toBeUndefined();
  });
});
