import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureServers } from './install.mjs';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'threadline-install-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

describe('ensureServers', () => {
  it('names what to install where it can install nothing', async () => {
    // Neither apt nor Maven nor a server is found on an empty PATH.
    vi.stubEnv('PATH', directory);
    vi.stubEnv('THREADLINE_SERVERS_CACHE', join(directory, 'cache'));
    const lines: string[] = [];
    const { available, missing } = await ensureServers(['redis', 'kafka', 'redis'], (line) => lines.push(line));
    expect(available).toEqual([]);
    expect([...missing.keys()]).toEqual(['redis', 'kafka']);
    expect(missing.get('redis')).toContain('Debian: redis-server');
    expect(missing.get('kafka')).toMatch(/Maven .* JDK of 17 or newer/);
    expect(lines).toEqual([]);
    expect(existsSync(join(directory, 'cache', 'install.lock'))).toBe(false);
  });

  it('has nothing to do for no server', async () => {
    expect(await ensureServers([], () => expect.unreachable())).toEqual({ available: [], missing: new Map() });
  });
});
