import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { isObject } from '../../formats/json-shapes.ts';
import { type ProtobufField, protobufFields } from '../../formats/protobuf-fields.ts';
import { mediaTypeOf, notOurs, reasonOf } from '../api-client.ts';
import { CliError } from '../command.ts';
import type { ImportBatch } from './import-batch.ts';

const pack = promisify(gzip);
const FAST = { level: 1 };
const CONTENT_TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' } as const;
/** What a collector answers that wants the same again later, and what stands in front of it. */
const RETRYABLE: readonly number[] = [429, 502, 503, 504];
/** What a collector answers of a body that it does not take whenever it comes: a part of it may be taken. Anything else is of whoever answers there. */
const REFUSALS: readonly number[] = [400, 413, 500];
const PLACE = 'where it takes OTLP/HTTP';
const FIRST_RETRY_MILLIS = 500;
const MAX_RETRY_MILLIS = 30_000;
/** A collector that has taken nothing for so long is left alone. */
const GIVE_UP_MILLIS = 10 * 60_000;

/** What became of a batch. */
export type SendResult =
  | { readonly status: 'taken'; readonly refused: number; readonly message: string }
  /** For good: a smaller part of it may be taken. */
  | { readonly status: 'refused'; readonly message: string };

export interface SenderOptions {
  /** Of OTLP/HTTP. */
  readonly url: string;
  readonly ingestKey: string | undefined;
  readonly signal: AbortSignal;
  /** Told once when the collector wants the rest later, and why. */
  readonly onWaiting: (reason: string) => Promise<void>;
}

/** Sends batches one after the other: records keep their order. */
export class Sender {
  readonly #options: SenderOptions;
  #hasSent = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /**
   * Tries until the collector has taken or refused it; its key makes a further try change nothing. Throws `CliError` where there is no collector, as at the UI's
   * port or behind a proxy's page.
   */
  async send(batch: ImportBatch, source: string): Promise<SendResult> {
    const { url, ingestKey, signal, onWaiting } = this.#options;
    const body = await pack(batch.body, FAST);
    const headers = {
      'content-type': CONTENT_TYPES[batch.encoding],
      'content-encoding': 'gzip',
      'idempotency-key': keyOf(batch, source),
      ...(ingestKey !== undefined && { authorization: `Bearer ${ingestKey}` }),
    };
    const deadline = performance.now() + GIVE_UP_MILLIS;
    for (let retryMillis = FIRST_RETRY_MILLIS; ; retryMillis = Math.min(retryMillis * 2, MAX_RETRY_MILLIS)) {
      signal.throwIfAborted();
      let waitMillis = retryMillis;
      let reason: string;
      try {
        const response = await fetch(`${url}/v1/${batch.signal}`, { method: 'POST', headers, body: new Uint8Array(body), signal });
        const answer = Buffer.from(await response.arrayBuffer());
        if (response.status === 401) throw new CliError('the collector needs its ingest key; set THREADLINE_INGEST_KEY');
        if (!RETRYABLE.includes(response.status)) {
          const isTaken = response.status === 200;
          if (!isTaken && !REFUSALS.includes(response.status)) throw new CliError(notOurs(response.status, PLACE));
          // Before anything of it is read: protobuf can be seen in any bytes.
          const sent = mediaTypeOf(response);
          if (sent !== headers['content-type']) throw new CliError(notOurs(sent, PLACE));
          if (!isTaken) return { status: 'refused', message: messageOf(answer, batch) || `answered ${response.status}` };
          this.#hasSent = true;
          return { status: 'taken', ...partOf(answer, batch) };
        }
        waitMillis = Number(response.headers.get('retry-after') ?? Number.NaN) * 1_000 || retryMillis;
        reason = `it answered ${response.status}`;
      } catch (error) {
        if (signal.aborted || error instanceof CliError) throw error;
        reason = reasonOf(error);
        if (!this.#hasSent) {
          throw new CliError(`the collector at ${url} does not answer (${reason}); start it, or say with --url ${PLACE}`, {
            cause: error,
          });
        }
      }
      if (performance.now() + waitMillis > deadline)
        throw new CliError(`the collector takes nothing (${reason}); run the same command again to go on, what it has is not doubled`);
      await onWaiting(reason);
      await sleep(waitMillis, undefined, { signal });
    }
  }
}

/** The same for the same place of the same source: the body, which the collector looks at too, tells different sources of one name apart. */
function keyOf({ places, signal }: ImportBatch, source: string): string {
  const hash = createHash('sha256').update(JSON.stringify([source, places[0], places[1], signal]));
  return `threadline-import-${hash.digest('hex').slice(0, 32)}`;
}

/** What `partial_success` says. */
function partOf(answer: Buffer, { encoding }: ImportBatch): { readonly refused: number; readonly message: string } {
  if (encoding === 'json') {
    const parsed: unknown = JSON.parse(answer.toString());
    const part = isObject(parsed) && isObject(parsed.partialSuccess) ? parsed.partialSuccess : {};
    return { refused: Number(part.rejectedSpans ?? part.rejectedLogRecords ?? 0), message: String(part.errorMessage ?? '') };
  }
  const [part] = [...protobufFields(answer)].filter(({ number }) => number === 1);
  const fields = part?.type === 'bytes' ? [...protobufFields(part.value)] : [];
  const refused = fields.find(({ type }) => type === 'number')?.value ?? 0n;
  return { refused: Number(refused), message: textOf(fields) };
}

function messageOf(answer: Buffer, { encoding }: ImportBatch): string {
  if (encoding === 'protobuf') return textOf([...protobufFields(answer)]);
  try {
    const parsed: unknown = JSON.parse(answer.toString());
    return isObject(parsed) && typeof parsed.message === 'string' ? parsed.message : '';
  } catch {
    return '';
  }
}

/** Field 2 of a status and of a partial success. */
function textOf(fields: readonly ProtobufField[]): string {
  const field = fields.find(({ number }) => number === 2);
  return field?.type === 'bytes' ? Buffer.from(field.value).toString() : '';
}
