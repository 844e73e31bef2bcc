import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient } from '../http-client.ts';

/** Jaeger goes over all keys of badger before it answers: with a million spans that took more than a minute. */
const READY_MILLIS = 5 * 60_000;
const POLL_MILLIS = 2;

export interface PeerProcess {
  readonly pid: number;
  readonly readyMillis: number;
  stop(): Promise<void>;
}

/** Starts a peer's binary, its output in `output.log` of the directory, and waits until the URL answers 200. It ends with us. */
export async function startPeer(
  binary: string,
  args: readonly string[],
  place: { readonly directory: string; readonly readyUrl: string },
): Promise<PeerProcess> {
  const outputFile = path.join(place.directory, 'output.log');
  const output = openSync(outputFile, 'a');
  const startedAt = performance.now();
  const child = spawn(binary, args, { cwd: place.directory, stdio: ['ignore', output, output] });
  closeSync(output);
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const forget = () => process.off('exit', endWithUs);
  child.once('close', forget);
  const failure = await Promise.race([spawnError(child), untilItAnswers(child, place.readyUrl)]);
  if (failure !== undefined || child.pid === undefined) {
    endWithUs();
    const lastLine = (await readFile(outputFile, 'utf8')).trimEnd().split('\n').at(-1);
    throw new Error(`${binary} ${failure}${lastLine ? `; it said: ${lastLine}` : ''}`);
  }
  return {
    pid: child.pid,
    readyMillis: performance.now() - startedAt,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** So many ports of loopback that nobody listens on at the moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  for (const server of servers) server.close();
  return ports;
}

async function spawnError(child: ChildProcess): Promise<string> {
  const [error]: unknown[] = await once(child, 'error');
  return `cannot be started (${error})`;
}

/** Undefined once it answers; else why not. */
async function untilItAnswers(child: ChildProcess, url: string): Promise<string | undefined> {
  const client = new HttpClient(1);
  const deadline = performance.now() + READY_MILLIS;
  try {
    while (performance.now() < deadline) {
      const answer = await client.send({ url }).catch(() => undefined);
      if (answer?.status === 200) return undefined;
      if (child.exitCode !== null) return `ended with exit code ${child.exitCode}`;
      await sleep(POLL_MILLIS);
    }
    return `did not answer within ${READY_MILLIS} ms`;
  } finally {
    client.close();
  }
}
