import type { BodyFile } from './body-file.ts';
import { HttpClient } from './http-client.ts';
import { RECORDS_A_BODY } from './load.ts';
import { cpuSeconds, peakMemoryBytes, resetPeakMemory, settle } from './process-figures.ts';
import type { IngestFigures } from './results.ts';
import { sendAll } from './send-load.ts';
import type { RunningServer } from './servers/server.ts';
import { quantile, spreadOf } from './spread.ts';

const FIFTHS = 5;

interface Moment {
  readonly bodies: number;
  readonly millis: number;
  readonly cpu: number;
}

/** Sends all bodies as fast as they are acknowledged and waits until the server has done all work that they made. */
export async function measureIngest(
  server: RunningServer,
  url: string,
  load: { bodies: BodyFile; connections: number },
): Promise<IngestFigures> {
  const { bodies, connections } = load;
  const client = new HttpClient(connections);
  const bytesBefore = await server.storedBytes();
  resetPeakMemory(server.pid);
  const now = (sentBodies: number): Moment => ({ bodies: sentBodies, millis: performance.now(), cpu: cpuSeconds(server.pid) });
  const moments: Moment[] = [now(0)];
  const sent = await sendAll({ client, url }, { count: bodies.count, read: (body) => bodies.read(body), connections }, (acknowledged) => {
    if (acknowledged >= (bodies.count * moments.length) / FIFTHS) moments.push(now(acknowledged));
  });
  client.close();
  const [first, last] = [moments[0] ?? now(0), now(bodies.count)];
  const isSettled = await settle(server.pid);
  const settled = now(bodies.count);
  const records = bodies.count * RECORDS_A_BODY;
  const latencies = sent.latencies.toSorted((left, right) => left - right);
  return {
    records,
    wireBytesARecord: bodies.totalBytes / records,
    recordsPerCpuSecond: records / (settled.cpu - first.cpu),
    recordsPerCpuSecondOfFifths: spreadOf(perPart(moments, (from, to) => to.cpu - from.cpu)),
    acknowledgedPerSecond: records / ((last.millis - first.millis) / 1_000),
    acknowledgedPerSecondOfFifths: spreadOf(perPart(moments, (from, to) => (to.millis - from.millis) / 1_000)),
    acknowledgementMillis: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
    refusedRequests: sent.refused,
    settleSeconds: isSettled ? (settled.millis - last.millis) / 1_000 : null,
    storedBytesARecord: ((await server.storedBytes()) - bytesBefore) / records,
    peakMemoryBytes: peakMemoryBytes(server.pid),
  };
}

/** Records of each part by what it took. */
function perPart(moments: readonly Moment[], taken: (from: Moment, to: Moment) => number): number[] {
  return moments.slice(1).map((to, index) => {
    const from = moments[index] ?? to;
    return ((to.bodies - from.bodies) * RECORDS_A_BODY) / taken(from, to);
  });
}
