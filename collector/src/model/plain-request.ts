import type { OtlpLogRecord, OtlpSpan, Resource, Scope } from '../api/index.ts';
import { type DecodedRecord, decodeLog, decodeSpan } from '../otlp/decode-request.ts';
import { type DecodedSignal, encodeExactly } from '../otlp/encode-request.ts';
import { LIMITS } from '../otlp/limits.ts';
import { WireLog } from '../otlp/wire-log.ts';
import { splitRequest, type WireGroup, type WireRequest } from '../otlp/wire-request.ts';
import { WireSpan } from '../otlp/wire-span.ts';
import { exactTextBytes } from './content-size.ts';
import { type NormalizedBatch, normalizeLogs, normalizeSpans } from './normalize.ts';
import type { IndexedLog, IndexedRecord, IndexedSpan } from './record.ts';
import { idsOfRequest, type RecordIds, requestOfRecordId } from './record-ids.ts';
import { cutResource, cutScope, resourceBytes, scopeBytes } from './record-limits.ts';
import { Cuts } from './value-limits.ts';

/** What a message takes at least. */
const MIN_MESSAGE_BYTES = 2;
/** A simple record's own, its body's or status's. Each of its attributes is two. */
const SIMPLE_MESSAGES = 2;

/**
 * An export request in protobuf whose records are all kept as they were sent: none is rejected, cut or warned about. A storage may then make its rows
 * from the bytes, without an object for each record and value.
 */
export class PlainRequest {
  readonly signal: 'logs' | 'traces';
  readonly wire: WireRequest;
  /** Unix nanoseconds. */
  readonly arrivalNanos: bigint;
  readonly ids: RecordIds;

  private constructor(signal: 'logs' | 'traces', wire: WireRequest, context: PlainContext) {
    this.signal = signal;
    this.wire = wire;
    this.arrivalNanos = context.arrivalNanos;
    this.ids = context.ids;
  }

  /** Undefined where the request is not plain, or not valid at all: `normalizeLogs` and `normalizeSpans` of what was decoded tell. */
  static of(signal: 'logs' | 'traces', body: Uint8Array, context: PlainContext): PlainRequest | undefined {
    try {
      const wire = splitRequest(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
      if (!wire || wire.recordCount === 0 || !isWithinLimits(wire)) return undefined;
      const request = new PlainRequest(signal, wire, context);
      return signal === 'logs' ? request.#ifPlain(new WireLog()) : request.#ifPlain(new WireSpan());
    } catch {
      // Whoever decodes it as a whole meets the error again, and says it with its place in the body.
      return undefined;
    }
  }

  /**
   * As `of`, of what was decoded from another encoding, which stays as it is. Written once more, its records take the same quick way: to write them costs less
   * than to hand an object of each to another thread.
   */
  static ofDecoded(request: DecodedSignal, context: PlainContext): PlainRequest | undefined {
    const body = encodeExactly(request);
    return body && PlainRequest.of(request.signal, body, context);
  }

  /** As `of`, of a body that it has said to be plain before: its records are not looked at again. */
  static again(signal: 'logs' | 'traces', body: Uint8Array, context: PlainContext): PlainRequest {
    const wire = splitRequest(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    if (!wire) throw new Error('a plain request that is none any more');
    return new PlainRequest(signal, wire, context);
  }

  /** The request whose body and parts these are, known to be plain. */
  static from(body: Buffer, { signal, groups, recordCount, arrivalNanos, requestId }: PlainParts): PlainRequest {
    return new PlainRequest(signal, { body, groups, recordCount }, { arrivalNanos, ids: idsOfRequest(requestId) });
  }

  /** All but the body. */
  get parts(): PlainParts {
    const { groups, recordCount } = this.wire;
    return { signal: this.signal, groups, recordCount, arrivalNanos: this.arrivalNanos, requestId: requestOfRecordId(this.ids(0)) };
  }

  /** The record in these bytes of the body, whatever its form. */
  log(group: WireGroup, index: number, start: number, end: number): IndexedLog | undefined {
    return normalizeLogs(oneRecord(group, decodeLog(this.wire.body.subarray(start, end))), this.#contextOf(index)).records[0];
  }

  /** As `log`. */
  span(group: WireGroup, index: number, start: number, end: number): IndexedSpan | undefined {
    return normalizeSpans(oneRecord(group, decodeSpan(this.wire.body.subarray(start, end))), this.#contextOf(index)).records[0];
  }

  /** The record of this place in the request, from 0. */
  record(index: number): IndexedRecord {
    let first = 0;
    for (const group of this.wire.groups) {
      const count = group.places.length / 2;
      if (index < first + count) return this.#decode(group, index, index - first);
      first += count;
    }
    throw new Error(`there is no record ${index} in the request`);
  }

  /** All of its records, in order. */
  records(): IndexedRecord[] {
    const records: IndexedRecord[] = [];
    for (const group of this.wire.groups)
      for (let number = 0; 2 * number < group.places.length; number += 1) records.push(this.#decode(group, records.length, number));
    return records;
  }

  /** The record of this number in its group. */
  #decode(group: WireGroup, index: number, number: number): IndexedRecord {
    const [start = 0, end = 0] = group.places.subarray(2 * number, 2 * number + 2);
    const record = this.signal === 'logs' ? this.log(group, index, start, end) : this.span(group, index, start, end);
    if (!record) throw new Error('a record of a plain request is not kept');
    return record;
  }

  #contextOf(index: number): PlainContext {
    return { arrivalNanos: this.arrivalNanos, ids: () => this.ids(index) };
  }

  /** What can be read is plain; of other records only their decoding tells. */
  #ifPlain(reader: WireLog | WireSpan): this | undefined {
    const { body, groups } = this.wire;
    let messages = 0;
    for (const group of groups) {
      const { places } = group;
      for (let at = 0; at < places.length; at += 2) {
        const start = places[at] ?? 0;
        const end = places[at + 1] ?? 0;
        const isRead = reader.read(body, start, end);
        if (!isRead && !this.#isKeptAsSent(group, body.subarray(start, end))) return undefined;
        messages += isRead && reader.isSimple ? SIMPLE_MESSAGES + 2 * reader.attributes.count : (end - start) / MIN_MESSAGE_BYTES;
      }
    }
    return messages > LIMITS.messages ? undefined : this;
  }

  #isKeptAsSent(group: WireGroup, message: Uint8Array): boolean {
    const context = this.#contextOf(0);
    const { outcome }: NormalizedBatch<IndexedRecord> =
      this.signal === 'logs'
        ? normalizeLogs(oneRecord(group, decodeLog(message)), context)
        : normalizeSpans(oneRecord(group, decodeSpan(message)), context);
    return outcome.acceptedCount === 1 && outcome.message() === '';
  }
}

/** A plain request without its body, as one thread hands it to another. */
export interface PlainParts extends Pick<WireRequest, 'groups' | 'recordCount'> {
  readonly signal: 'logs' | 'traces';
  readonly arrivalNanos: bigint;
  /** What the ids of its records share. */
  readonly requestId: string;
}

export interface PlainContext {
  readonly arrivalNanos: bigint;
  readonly ids: RecordIds;
}

function oneRecord<R extends OtlpLogRecord | OtlpSpan>({ resource, scope }: WireGroup, { record, cutValues }: DecodedRecord<R>) {
  return { groups: [{ resource, scopes: [{ scope, records: [record] }] }], cutValues };
}

/** What the request as a whole must not exceed, and what its records share. */
function isWithinLimits({ groups, recordCount }: WireRequest): boolean {
  if (recordCount > LIMITS.records) return false;
  let sharedBytes = 0;
  for (const { resource, scope, places } of groups) {
    if (!isKeptWhole(resource, cutResource) || !isKeptWhole(scope, cutScope)) return false;
    sharedBytes += (places.length / 2) * (resourceBytes(resource, exactTextBytes) + scopeBytes(scope, exactTextBytes));
  }
  return sharedBytes <= LIMITS.expandedBytes;
}

function isKeptWhole<T extends Resource | Scope>(part: T, cut: (part: T, cuts: Cuts) => void): boolean {
  const cuts = new Cuts(new Map());
  cut(part, cuts);
  return cuts.marks.length === 0;
}
