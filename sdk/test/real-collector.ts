import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COLLECTOR = fileURLToPath(new URL('../../collector/dist/main.js', import.meta.url));

/** The built collector in a process of its own, on ports that the system gives, with a data directory that goes with it. */
export interface RealCollector {
  readonly otlpUrl: string;
  /** Resolves with the names of the spans with this correlation id, in order, once there are so many. */
  spanNamesOf(id: string, count: number): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startRealCollector(): Promise<RealCollector> {
  const data = mkdtempSync(join(tmpdir(), 'threadline-sdk-collector-'));
  const ports = { THREADLINE_OTLP_HTTP_PORT: '0', THREADLINE_OTLP_GRPC_PORT: '0', THREADLINE_UI_PORT: '0' };
  const child = spawn(process.execPath, [COLLECTOR], {
    env: { PATH: process.env.PATH, ...ports, THREADLINE_DATA_DIR: data },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const [message]: unknown[] = await once(child, 'message');
  const addresses = member(message, 'addresses');
  const apiUrl = String(member(addresses, 'ui'));
  return {
    otlpUrl: String(member(addresses, 'otlpHttp')),
    async spanNamesOf(id, count) {
      for (const deadline = performance.now() + 30_000; ; ) {
        const names = await readSpanNames(apiUrl, id);
        if (names.length >= count) return names.sort();
        if (performance.now() > deadline) throw new Error(`the collector has ${names.length} spans of ${id}: ${names.join(', ')}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function readSpanNames(apiUrl: string, id: string): Promise<string[]> {
  const response = await fetch(`${apiUrl}/api/v1/flows/${encodeURIComponent(id)}`);
  const flow: unknown = response.ok ? await response.json() : undefined;
  const spans = member(flow, 'spans');
  return Array.isArray(spans) ? spans.map((span: unknown) => String(member(span, 'name'))) : [];
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
