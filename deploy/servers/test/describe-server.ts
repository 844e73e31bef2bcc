import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { describe, expect, inject, it } from 'vitest';
import { exchange } from '../exchange.mjs';
import type { ServerName } from '../how-to-install.mjs';
import { isRunning, processTree, sendSignal } from '../process-tree.mjs';
import { removeStaleDirectories } from '../server-directory.mjs';
import type { RunningServer } from '../server-process.mjs';
import { START_SERVER } from '../servers.mjs';

const GONE_TIMEOUT_MILLIS = 15_000;
const SERVERS_MODULE = new URL('../servers.mjs', import.meta.url).href;

/**
 * What every server must do, as tests: `useIt` has a conversation with it in its own protocol and expects the right
 * answers. A server that is not on this machine is skipped under a title that says what to install.
 */
export function describeServer(name: ServerName, useIt: (server: RunningServer) => Promise<void>): void {
  describeIfInstalled(name, () => {
    it('answers its own protocol, and leaves no process and no folder when it stops', async () => {
      const server = await START_SERVER[name]();
      const tree = processTree(server.pid);
      try {
        expect(server.url).toContain(`127.0.0.1:${server.port}`);
        expect(tree.map(({ pid }) => pid)).toContain(server.pid);
        await useIt(server);
      } finally {
        await server.stop();
      }
      expect(tree.filter(isRunning)).toEqual([]);
      expect(await isRefused(server.port)).toBe(true);
      expect(existsSync(server.directory)).toBe(false);
      await server.stop();
    });

    it('does not outlive a parent that is killed, whose folder the next one removes', async () => {
      const { parent, server } = await startInAnotherProcess(name);
      const tree = processTree(server.pid);
      try {
        await useIt(server);
        const ended = once(parent, 'exit');
        parent.kill('SIGKILL');
        // Until its end is taken note of it counts as alive, and so does what it left.
        await ended;
        await expect.poll(() => tree.filter(isRunning), { timeout: GONE_TIMEOUT_MILLIS }).toEqual([]);
        expect(await isRefused(server.port)).toBe(true);
        expect(existsSync(server.directory)).toBe(true);
        removeStaleDirectories(tmpdir());
        expect(existsSync(server.directory)).toBe(false);
      } finally {
        parent.kill('SIGKILL');
        sendSignal(-server.pid, 'SIGKILL');
      }
    });
  });
}

/** A suite that needs that server, skipped under a title that says what to install where it is not there. */
export function describeIfInstalled(name: ServerName, suite: () => void): void {
  const advice = inject('missingServers')[name];
  describe.skipIf(advice !== undefined)(advice === undefined ? name : `${name}: install ${advice}`, suite);
}

/** Whether nobody listens there: a server that accepts and says nothing would be one. */
export async function isRefused(port: number): Promise<boolean> {
  const startedAt = performance.now();
  const answer = await exchange(port, '', { isWhole: () => true });
  return answer === undefined && performance.now() - startedAt < 1_000;
}

async function startInAnotherProcess(name: ServerName): Promise<{ parent: ChildProcess; server: RunningServer }> {
  const script = `const { START_SERVER } = await import('${SERVERS_MODULE}');
    console.log(JSON.stringify(await START_SERVER.${name}()));`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(parent, 'exit').then(() => {
    throw new Error(`the process that starts ${name} ended`);
  });
  const [line] = await Promise.race([once(createInterface(parent.stdout), 'line'), ended]);
  ended.catch(() => undefined);
  return { parent, server: JSON.parse(line) };
}
