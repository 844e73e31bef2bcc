import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openServerDirectory, recordProcess, removeStaleDirectories } from './server-directory.mjs';

describe('openServerDirectory', () => {
  let parent: string;
  beforeEach(() => {
    parent = realpathSync(mkdtempSync(join(tmpdir(), 'threadline-directories-')));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it('makes the folder of the caller, which is to stay', () => {
    const directory = join(parent, 'a', 'b');
    expect(openServerDirectory('redis', directory)).toEqual({ path: directory, isTemporary: false });
    expect(existsSync(directory)).toBe(true);
  });

  it('makes temporary folders, each another one, that name the owner and the server', () => {
    const [first, second] = [openServerDirectory('redis'), openServerDirectory('redis')];
    try {
      expect(first.isTemporary).toBe(true);
      expect(first.path).not.toBe(second.path);
      expect(first.path).toContain(`threadline-server-${process.pid}-redis-`);
    } finally {
      for (const { path } of [first, second]) rmSync(path, { recursive: true });
    }
  });

  it('removes what a process left that is gone, and nothing else', () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const stale = `threadline-server-${gone}-kafka-AbCdEf`;
    const kept = [`threadline-server-${process.pid}-kafka-AbCdEf`, 'threadline-server-notes', 'somebody-elses'];
    for (const name of [stale, ...kept]) mkdirSync(join(parent, name, 'data'), { recursive: true });
    removeStaleDirectories(parent);
    expect(readdirSync(parent).sort()).toEqual(kept.sort());
  });

  it.runIf(process.platform === 'linux')('ends a server that its owner left running there', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const directory = join(parent, `threadline-server-${gone}-redis-AbCdEf`);
    mkdirSync(directory);
    const server = spawn('sleep', ['60'], { cwd: directory, detached: true, stdio: 'ignore' });
    const exited = once(server, 'exit');
    recordProcess(directory, server.pid ?? 0);
    removeStaleDirectories(parent);
    expect(await exited).toEqual([null, 'SIGKILL']);
    expect(existsSync(directory)).toBe(false);
  });

  it('leaves a process alone that has the number of a server but works elsewhere', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const directory = join(parent, `threadline-server-${gone}-redis-AbCdEf`);
    mkdirSync(directory);
    const stranger = spawn('sleep', ['60'], { cwd: parent, detached: true, stdio: 'ignore' });
    const exited = once(stranger, 'exit');
    writeFileSync(join(directory, 'server.pid'), String(stranger.pid));
    removeStaleDirectories(parent);
    expect(existsSync(directory)).toBe(false);
    stranger.kill('SIGTERM');
    expect(await exited).toEqual([null, 'SIGTERM']);
  });
});
