import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findProgram, programOrThrow } from './find-program.mjs';

describe('findProgram', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'threadline-programs-'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  });

  function install(name: string, mode: number): string {
    const file = join(directory, name);
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, mode);
    return file;
  }

  it('takes the first candidate that can be run, a path as it is and a name from the PATH', () => {
    const server = install('some-server', 0o755);
    vi.stubEnv('PATH', `:${join(directory, 'absent')}:${directory}`);
    expect(findProgram('absent-server', 'some-server')).toBe(server);
    expect(findProgram(join(directory, 'absent'), server)).toBe(server);
  });

  it('finds nothing where there is only a file of that name', () => {
    install('notes', 0o644);
    vi.stubEnv('PATH', directory);
    expect(findProgram('notes')).toBeUndefined();
  });
});

describe('programOrThrow', () => {
  it('says what to install', () => {
    expect(() => programOrThrow(undefined, 'redis')).toThrow('redis is not installed: install Redis (Debian: redis-server)');
    expect(programOrThrow('/usr/bin/redis-server', 'redis')).toBe('/usr/bin/redis-server');
  });
});
