import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exchange } from '../exchange.mjs';
import { isRunning, processTree, sendSignal } from '../process-tree.mjs';
import { startRedis } from '../redis.mjs';
import { startServerProcess } from '../server-process.mjs';
import { describeIfInstalled, isRefused } from './describe-server.ts';

async function redis(port: number, command: string): Promise<string | undefined> {
  return (await exchange(port, `${command}\r\n`, { isWhole: (bytes) => /\r\n$/.test(bytes.toString()) }))?.toString();
}

function ownTemporaryFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`threadline-server-${process.pid}-`));
}

describeIfInstalled('redis', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'threadline-lifecycle-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('runs beside others of its kind, each on a port of its own', async () => {
    const servers = await Promise.all([startRedis(), startRedis(), startRedis()]);
    try {
      expect(new Set(servers.map(({ port }) => port)).size).toBe(3);
      for (const { port } of servers) expect(await redis(port, `SET port ${port}`)).toBe('+OK\r\n');
      for (const { port } of servers) expect(await redis(port, 'GET port')).toBe(`$${String(port).length}\r\n${port}\r\n`);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  });

  it('comes back after a kill with its data and on its port, in a folder of the caller’s', async () => {
    const killed = await startRedis({ directory });
    await redis(killed.port, 'SET color blue');
    await killed.kill();
    expect(await isRefused(killed.port)).toBe(true);
    expect(existsSync(directory)).toBe(true);
    const again = await startRedis({ directory, port: killed.port });
    try {
      expect(again.port).toBe(killed.port);
      expect(await redis(again.port, 'GET color')).toBe('$4\r\nblue\r\n');
    } finally {
      await again.stop();
    }
  });

  it('does not start on a port that is taken, and says so in its own words', async () => {
    const before = ownTemporaryFolders();
    const listener = createServer((socket) => socket.resume().on('error', () => socket.destroy())).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    try {
      const port = typeof address === 'object' && address ? address.port : 0;
      await expect(startRedis({ port })).rejects.toThrow(/redis did not start in .*: the process ended \(1\)\n.*address already in use/is);
      expect(ownTemporaryFolders()).toEqual(before);
    } finally {
      listener.close();
    }
  });

  it('tells of its end, and leaves nothing of its group, when somebody else kills it', async () => {
    const server = await startRedis();
    const tree = processTree(server.pid);
    sendSignal(server.pid, 'SIGKILL');
    await server.exited;
    await expect.poll(() => tree.filter(isRunning), { timeout: 10_000 }).toEqual([]);
    await server.stop();
    expect(existsSync(server.directory)).toBe(false);
  });
});

it('names a program that is not there', async () => {
  const recipe = {
    name: 'absent',
    ports: 1,
    prepare: () => ({ command: '/absent/server', args: [] }),
    answers: async () => false,
    url: (port: number) => `absent:${port}`,
  };
  await expect(startServerProcess(recipe)).rejects.toThrow(/absent did not start in .*\(127\)\n.*\/absent\/server: not found/);
});

it('finds another port when somebody took the first', async () => {
  let attempts = 0;
  const recipe = {
    name: 'unlucky',
    ports: 1,
    // Says what servers say, and is lucky the third time.
    prepare: () => ({ command: '/bin/sh', args: ['-c', ++attempts < 3 ? 'echo bind: Address already in use; exit 1' : 'sleep 60'] }),
    answers: async () => attempts === 3,
    url: (port: number) => `unlucky:${port}`,
  };
  const server = await startServerProcess(recipe);
  await server.kill();
  expect(attempts).toBe(3);
});

it('kills a server that does not stop by itself when asked to', async () => {
  const recipe = {
    name: 'stubborn',
    ports: 1,
    prepare: () => ({ command: '/bin/sh', args: ['-c', 'trap "" TERM; while :; do sleep 0.1; done'] }),
    answers: async () => true,
    url: (port: number) => `stubborn:${port}`,
  };
  const server = await startServerProcess(recipe);
  const stopping = server.stop();
  await server.kill();
  await stopping;
  expect(processTree(server.pid)).toEqual([]);
});
