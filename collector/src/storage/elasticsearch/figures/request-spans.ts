import type { OtlpSpan, Resource } from '../../../api/index.ts';
import type { PlainRequest } from '../../../model/plain-request.ts';
import type { WireAttributes } from '../../../otlp/wire-attributes.ts';
import { VALUE_KINDS } from '../../../otlp/wire-attributes.ts';
import { isSameBytes, SPAN_ID_BYTES, TRACE_ID_BYTES } from '../../../otlp/wire-fields.ts';
import type { WireGroup } from '../../../otlp/wire-request.ts';
import { SPAN_PARTS, WireSpan } from '../../../otlp/wire-span.ts';
import { countableSpan, countedLinks, sourceOfResource } from '../../figures/countable-span.ts';
import type { CountableSpan, SpanAlike, SpanSource } from '../../figures/figure-counter.ts';
import { HashTable } from '../../figures/recent-map.ts';
import type { IdBytes } from '../../figures/span-hash.ts';
import {
  HOST_KEYS,
  MEANING_KEYS,
  mayBeHealthPath,
  PATH_KEYS,
  SERVER,
  type SpanMeaning,
  spanMeaning,
  weightOf,
} from '../../figures/span-meaning.ts';
import { MinuteReader } from './minute-reader.ts';

const WORD = 2 ** 32;
/** Other spans begin anew. */
const MAX_ALIKE = 20_000;
/** A kind is a byte. */
const KINDS = 256;
/** What is counted of those parts of a span that are decoded alone. */
const COUNTED_PARTS = SPAN_PARTS.links | SPAN_PARTS.status;
const NO_PARTS: Pick<OtlpSpan, 'status' | 'links'> = {};
const KEYS = MEANING_KEYS.map((key, number) => ({
  number,
  bytes: Buffer.from(key),
  isPath: PATH_KEYS.includes(key),
  isHost: HOST_KEYS.includes(key),
}));
/** By their length. */
const KEYS_OF_LENGTH = Array.from({ length: 64 }, (_, length) => KEYS.filter(({ bytes }) => bytes.length === length));
const NO_KEYS: typeof KEYS = [];
const EMPTY = new Uint8Array(0);

/**
 * The spans of requests as figures count them, read from the requests' bytes without an object for each attribute. Those that are alike are looked
 * into once. The same as `countableSpan` makes of the decoded span.
 */
export class RequestSpans {
  readonly #span = new WireSpan();
  readonly #sources = new Map<string, { readonly number: number; readonly source: SpanSource }>();
  #nextSource = 0;
  /** Places in the list by the hash of what spans that mean the same have in common. */
  #places = new HashTable();
  #meanings: SpanMeaning[] = [];
  /** By the numbers of source, meaning and kind. */
  #alike = new Map<number, SpanAlike>();
  readonly #hash = { high: 0, low: 0 };
  readonly #minute = new MinuteReader();
  #traceState = { text: Buffer.alloc(0), weight: 1 };
  readonly #traceId = new BinaryId(TRACE_ID_BYTES);
  readonly #spanId = new BinaryId(SPAN_ID_BYTES);
  readonly #parentId = new BinaryId(SPAN_ID_BYTES);
  /** Places in the attributes of the span that is read: those of keys that figures go by. */
  readonly #found: number[] = [];

  /**
   * Calls with the spans of the request whose place in it `isWanted`, the last one first: spans end, and so are sent, before the one that caused
   * them. What it is given is good until the next call.
   */
  visit(tenant: string, request: PlainRequest, { isWanted, visit }: Visit): void {
    const { groups, body, recordCount } = request.wire;
    let index = recordCount;
    for (const group of groups.toReversed()) {
      const { number, source } = this.#sourceOf(tenant, group.resource);
      for (let at = group.places.length - 2; at >= 0; at -= 2) {
        index -= 1;
        if (!isWanted(index)) continue;
        const start = group.places[at] ?? 0;
        const end = group.places[at + 1] ?? 0;
        const span = this.#read(body, { start, end, source, number }) ?? decoded(tenant, request, { group, index, start, end });
        if (span) visit(span);
      }
    }
  }

  /** Undefined for a span of another form than nearly all have. */
  #read(body: Buffer, { start, end, source, number }: SpanPlace): CountableSpan | undefined {
    const span = this.#span;
    if (!span.read(body, start, end) || !span.attributes.isSimple) return undefined;
    const alike = this.#alikeOf(body, source, number);
    if (!alike) return undefined;
    const hasParent = span.parentSpanIdStart > 0;
    const parts = span.parts & COUNTED_PARTS;
    const { status, links = [] } = parts === 0 ? NO_PARTS : span.decode(body, parts);
    return {
      alike,
      minute: this.#minute.read(span.startHigh, span.startLow),
      durationNanos: (span.endHigh - span.startHigh) * WORD + (span.endLow - span.startLow),
      isError: (status?.code ?? span.statusCode) === 2,
      weight: this.#weight(body, span),
      traceId: this.#traceId.at(body, span.traceIdStart),
      spanId: this.#spanId.at(body, span.spanIdStart),
      parentSpanId: hasParent ? this.#parentId.at(body, span.parentSpanIdStart) : undefined,
      links: countedLinks(links, alike.meaning),
    };
  }

  #alikeOf(body: Buffer, source: SpanSource, sourceNumber: number): SpanAlike | undefined {
    const meaningNumber = this.#meaningOf(body);
    if (meaningNumber === -1) return undefined;
    const { kind } = this.#span;
    const number = (sourceNumber * MAX_ALIKE + meaningNumber) * KINDS + kind;
    const known = this.#alike.get(number);
    if (known) return known;
    const meaning = this.#meanings[meaningNumber];
    if (!meaning) return undefined;
    if (this.#alike.size >= MAX_ALIKE) this.#alike.clear();
    const alike = { source, kind, meaning };
    this.#alike.set(number, alike);
    return alike;
  }

  /** The number of the span's meaning; -1 for one with an attribute of another form than nearly all have. */
  #meaningOf(body: Buffer): number {
    const span = this.#span;
    const { attributes, kind } = span;
    const isRoot = span.parentSpanIdStart === 0;
    const hash = this.#hash;
    hash.high = kind * 2 + (isRoot ? 1 : 0);
    hash.low = ~hash.high;
    addBytes(hash, body, span.nameStart, span.nameEnd);
    this.#found.length = 0;
    for (let number = 0; number < attributes.count; number += 1) {
      const keyStart = attributes.keyStarts[number] ?? 0;
      const key = keyAt(body, keyStart, attributes.keyEnds[number] ?? 0);
      if (!key || (key.isHost && kind === SERVER)) continue;
      if (attributes.kinds[number] !== VALUE_KINDS.text) return -1;
      this.#found.push(number);
      hash.high ^= key.number;
      const start = attributes.starts[number] ?? 0;
      const end = attributes.ends[number] ?? 0;
      // Paths have ids in them, and are all alike but for one thing.
      if (!key.isPath || mayBeHealthPath(body, start, end)) addBytes(hash, body, start, end);
    }
    hash.high |= 0;
    hash.low |= 0;
    const known = this.#places.get(hash);
    if (known !== -1) return known;
    if (this.#meanings.length >= MAX_ALIKE) {
      this.#meanings = [];
      this.#places = new HashTable();
      this.#alike.clear();
    }
    const name = body.toString('utf8', span.nameStart, span.nameEnd);
    const meaning = spanMeaning({ name, kind, isRoot }, (key) => textOf(body, attributes, { key, found: this.#found }));
    const number = this.#meanings.push(meaning) - 1;
    this.#places.set(hash, number);
    return number;
  }

  #sourceOf(tenant: string, resource: Resource) {
    const source = sourceOfResource(tenant, resource);
    const id = JSON.stringify(Object.values(source));
    let known = this.#sources.get(id);
    if (!known) {
      known = { number: this.#nextSource++, source };
      if (this.#sources.size >= MAX_ALIKE) this.#sources.clear();
      this.#sources.set(id, known);
    }
    return known;
  }

  #weight(body: Buffer, { traceStateStart: start, traceStateEnd: end }: WireSpan): number {
    if (!isSameBytes(this.#traceState.text, body, start, end)) {
      this.#traceState = { text: Buffer.from(body.subarray(start, end)), weight: weightOf(body.toString('utf8', start, end)) };
    }
    return this.#traceState.weight;
  }
}

interface Visit {
  readonly isWanted: (index: number) => boolean;
  readonly visit: (span: CountableSpan) => void;
}

interface SpanPlace {
  readonly start: number;
  readonly end: number;
  readonly source: SpanSource;
  readonly number: number;
}

function decoded(
  tenant: string,
  request: PlainRequest,
  { group, index, start, end }: { readonly group: WireGroup; readonly index: number; readonly start: number; readonly end: number },
): CountableSpan | undefined {
  const span = request.span(group, index, start, end);
  return span && countableSpan(tenant, span);
}

/** The key in these bytes, of those that figures go by. */
function keyAt(body: Buffer, start: number, end: number): (typeof KEYS)[number] | undefined {
  for (const key of KEYS_OF_LENGTH[end - start] ?? NO_KEYS) if (isSameBytes(key.bytes, body, start, end)) return key;
  return undefined;
}

/** Of several attributes of the key the first. */
function textOf(
  body: Buffer,
  attributes: WireAttributes,
  { key, found }: { readonly key: string; readonly found: readonly number[] },
): string | undefined {
  for (const number of found) {
    if (body.toString('utf8', attributes.keyStarts[number], attributes.keyEnds[number]) === key)
      return body.toString('utf8', attributes.starts[number], attributes.ends[number]);
  }
  return undefined;
}

/** Both halves on ways of their own. Source: MurmurHash3's constants, by Austin Appleby, public domain. */
function addBytes(hash: { high: number; low: number }, bytes: Buffer, start: number, end: number): void {
  let { high, low } = hash;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    high = Math.imul(high ^ byte, 0x01000193);
    low = Math.imul(low, 0x1b873593) + byte;
  }
  high = Math.imul(high ^ (end - start), 0xcc9e2d51);
  low = Math.imul(low ^ (end - start), 0x85ebca6b);
  hash.high = high ^ (high >>> 15);
  hash.low = low ^ (low >>> 13);
}

/** An id of so many bytes, wherever it stands. */
class BinaryId implements IdBytes {
  readonly isBinary = true;
  readonly #length: number;
  bytes: Uint8Array = EMPTY;
  start = 0;
  end = 0;

  constructor(length: number) {
    this.#length = length;
  }

  at(body: Buffer, start: number): this {
    this.bytes = body;
    this.start = start;
    this.end = start + this.#length;
    return this;
  }
}
