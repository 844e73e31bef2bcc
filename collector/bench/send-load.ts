import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpClient } from './http-client.ts';
import { RECORDS_A_BODY } from './load.ts';

const RETRYABLE = new Set([429, 502, 503, 504]);

export interface Target {
  readonly client: HttpClient;
  /** Where OTLP/HTTP protobuf goes. */
  readonly url: string;
}

/** Milliseconds of an acknowledged request; the time that the sender waited after a refusal is not in it. `refused` counts those that came again. */
export interface SentLoad {
  readonly latencies: number[];
  refused: number;
}

/** Sends the bodies as fast as they are acknowledged, over `connections` at once. `onAcknowledged` hears how many have been. */
export async function sendAll(
  target: Target,
  load: { readonly count: number; readonly read: (body: number) => Buffer; readonly connections: number },
  onAcknowledged: (bodies: number) => void,
): Promise<SentLoad> {
  const sent: SentLoad = { latencies: [], refused: 0 };
  let next = 0;
  const sendOn = async () => {
    while (next < load.count) {
      await sendOne(target, load.read(next++), sent);
      onAcknowledged(sent.latencies.length);
    }
  };
  await Promise.all(Array.from({ length: load.connections }, sendOn));
  return sent;
}

/** Sends bodies at a steady rate until the signal; one that is late is caught up with. Answers with how many were sent. */
export async function sendSteadily(
  target: Target,
  load: { readonly read: (body: number) => Buffer; readonly recordsPerSecond: number },
  signal: AbortSignal,
): Promise<number> {
  const millisABody = (RECORDS_A_BODY / load.recordsPerSecond) * 1_000;
  const sent: SentLoad = { latencies: [], refused: 0 };
  const startedAt = performance.now();
  let body = 0;
  for (; !signal.aborted; body += 1) {
    await sleep(Math.max(0, startedAt + body * millisABody - performance.now()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    await sendOne(target, load.read(body), sent);
  }
  return body;
}

/** Until it is acknowledged. Throws on an answer after which OTLP's senders give a batch up. */
export async function sendOne({ client, url }: Target, body: Buffer, sent: SentLoad): Promise<void> {
  for (;;) {
    const answer = await client.send({ url, method: 'POST', headers: { 'content-type': 'application/x-protobuf' }, body });
    if (answer.status < 300) {
      sent.latencies.push(answer.millis);
      return;
    }
    if (!RETRYABLE.has(answer.status)) throw new Error(`${url} answered ${answer.status}: ${answer.text.slice(0, 500)}`);
    sent.refused += 1;
    await sleep(answer.retryAfterSeconds * 1_000);
  }
}
