import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isRunning, parseProcessStat, processTree, sendSignal } from './process-tree.mjs';

describe('parseProcessStat', () => {
  const line = (name: string, state: string) =>
    `4711 (${name}) ${state} 42 4711 4711 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 3 0 987654 1000000 250 18446744073709551615 1 1 0`;

  it('reads parent, start and memory behind a name with spaces and parentheses', () => {
    expect(parseProcessStat(line('a (b) c', 'S'))).toEqual({ pid: 4711, parent: 42, startedAt: '987654', residentBytes: 250 * 4_096 });
  });

  it('does not count a process that has ended and waits to be collected', () => {
    expect(parseProcessStat(line('sh', 'Z'))).toBeUndefined();
  });
});

describe.runIf(process.platform === 'linux')('processTree', () => {
  it('has a process and what is below it, and sees their end', async () => {
    const child = spawn('/bin/sh', ['-c', 'sleep 60 & echo started; wait'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    const pid = child.pid ?? 0;
    try {
      await once(child.stdout, 'data');
      const tree = processTree(pid);
      expect(tree.map(({ parent }) => parent)).toEqual([process.pid, pid]);
      expect(tree.every(isRunning)).toBe(true);
      sendSignal(-pid, 'SIGKILL');
      await once(child, 'exit');
      await expect.poll(() => tree.some(isRunning), { timeout: 10_000 }).toBe(false);
      expect(processTree(pid)).toEqual([]);
    } finally {
      sendSignal(-pid, 'SIGKILL');
    }
  });
});
