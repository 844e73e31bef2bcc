import { decodeLogs, decodeTraces, type Encoding } from '../otlp/decode-request.ts';
import { type NormalizedBatch, normalizeLogs, normalizeSpans } from './normalize.ts';
import { type PlainContext, PlainRequest } from './plain-request.ts';
import type { IndexedLog, IndexedSpan } from './record.ts';

/** What is to be stored of a request: its bytes, from which a storage makes what it keeps, or a record of each log or span and what the sender is told. */
export type DecodedEntry =
  | { readonly signal: 'logs' | 'traces'; readonly plain: PlainRequest; readonly batch?: undefined }
  | { readonly signal: 'logs'; readonly plain?: undefined; readonly batch: NormalizedBatch<IndexedLog> }
  | { readonly signal: 'traces'; readonly plain?: undefined; readonly batch: NormalizedBatch<IndexedSpan> };

interface Entry {
  readonly signal: 'logs' | 'traces';
  readonly encoding: Encoding;
  readonly body: Uint8Array;
}

/** Throws as `decodeLogs` and `decodeTraces`. `makesPlain`: the storage takes plain requests. `isPlain`: this one was plain as it was sent, when it was let in. */
export function decodeEntry(
  { signal, encoding, body }: Entry,
  context: PlainContext,
  { makesPlain, isPlain = false }: { readonly makesPlain: boolean; readonly isPlain?: boolean },
): DecodedEntry {
  if (isPlain) return { signal, plain: PlainRequest.again(signal, body, context) };
  const sent = makesPlain && encoding === 'protobuf' ? PlainRequest.of(signal, body, context) : undefined;
  if (sent) return { signal, plain: sent };
  const decoded = signal === 'logs' ? { signal, ...decodeLogs(body, encoding) } : { signal, ...decodeTraces(body, encoding) };
  const plain = makesPlain && encoding === 'json' ? PlainRequest.ofDecoded(decoded, context) : undefined;
  if (plain) return { signal, plain };
  return decoded.signal === 'logs'
    ? { signal: decoded.signal, batch: normalizeLogs(decoded, context) }
    : { signal: decoded.signal, batch: normalizeSpans(decoded, context) };
}
