import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { BenchOptions } from './options.ts';
import { buildPeer, type GoCommand } from './servers/build-peer.ts';
import { jaeger } from './servers/jaeger.ts';
import type { ServerKind } from './servers/server.ts';
import { victoriaLogs } from './servers/victoria-logs.ts';
import { victoriaTraces } from './servers/victoria-traces.ts';

const VICTORIA_LOGS: GoCommand = {
  name: 'victoria-logs',
  package: 'github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs',
  version: 'v1.52.1',
};
/** The module's number; the product calls this release 2.11. */
const JAEGER: GoCommand = { name: 'jaeger', package: 'github.com/jaegertracing/jaeger/cmd/jaeger', version: 'v1.74.0' };

export interface Peers {
  readonly kinds: readonly ServerKind[];
  /** The others, each with the reason. */
  readonly absent: readonly string[];
}

/** The peers that are at hand: named by an option, or built into the directory. */
export async function findPeers(options: BenchOptions, directory: string): Promise<Peers> {
  const kinds: ServerKind[] = [];
  const absent: string[] = [];
  const { binaries } = options;
  const add = async (name: string, find: () => Promise<ServerKind>) => {
    try {
      kinds.push(await find());
    } catch (error) {
      const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
      absent.push(`${name}: ${reason}`);
    }
  };
  await add('VictoriaLogs', async () => victoriaLogs(...(await binaryOf(binaries.victoriaLogs, VICTORIA_LOGS, directory))));
  await add('VictoriaTraces', async () => victoriaTraces(...(await binaryOf(binaries.victoriaTraces, undefined, directory))));
  await add('Jaeger', async () => jaeger(...(await binaryOf(binaries.jaeger, JAEGER, directory))));
  return { kinds, absent };
}

async function binaryOf(
  named: string | undefined,
  command: GoCommand | undefined,
  directory: string,
): Promise<[binary: string, version: string]> {
  if (named !== undefined) return [await realpath(named), path.basename(named)];
  if (command === undefined) throw new Error('not at hand; an option names its binary');
  return [await buildPeer(command, directory), command.version];
}
