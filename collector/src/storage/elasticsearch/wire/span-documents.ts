import type { OtlpSpan } from '../../../api/index.ts';
import { isSameBytes } from '../../../otlp/wire-fields.ts';
import { SPAN_PARTS, WireSpan } from '../../../otlp/wire-span.ts';
import { exceptionsOfEvents } from '../../errors/exceptions.ts';
import { isHashed } from '../attribute-terms.ts';
import { errorGroups, eventNames, leavesOfEach, linkedTraceIds, SPAN_KINDS, SPAN_STATUSES } from '../columns.ts';
import { columnMember } from '../document.ts';
import { encodePlace, placeMember } from '../place-encoding.ts';
import { maxBytes, membersTwice, TEXT_FORMS, type TextForm, textForm } from './document-bytes.ts';
import { keywordForm, PARENT_SPAN_ID, SPAN_ID, TRACE_ID, WireDocuments } from './wire-documents.ts';

/** What kind, status and parent come to: a few for all spans. */
interface SpanKind {
  /** The fields of numbers and truths. */
  readonly numbers: Buffer;
  readonly keywords: Buffer;
  readonly stored: Buffer;
}

/** Events, links and what else was decoded of a span, as its document has them. */
interface SpanParts {
  readonly statusCode: number;
  readonly keywords: string;
  readonly places: string;
  /** From the kind to the status. */
  readonly stored: string;
  /** At most. */
  readonly totalBytes: number;
}

/** All but the attributes. */
const ALL_PARTS =
  SPAN_PARTS.droppedAttributes |
  SPAN_PARTS.events |
  SPAN_PARTS.droppedEvents |
  SPAN_PARTS.links |
  SPAN_PARTS.droppedLinks |
  SPAN_PARTS.status;
/** Neither events nor links have typed fields. */
const UNTYPED = { isTyped: false };
const QUOTE = 0x22;
const DURATION = Buffer.from(',"durationNanos":"');
const END_TIME = Buffer.from('","endNanos":"');
const NAME = Buffer.from(',"name":"');
const STORED_TRACE_ID = Buffer.from('{\\"traceId\\":\\"');
const STORED_SPAN_ID = Buffer.from('\\",\\"spanId\\":\\"');
const STORED_NAME = Buffer.from('\\",\\"name\\":\\"');
const STORED_START = Buffer.from('\\",\\"startTimeUnixNano\\":\\"');
const STORED_END = Buffer.from('\\",\\"endTimeUnixNano\\":\\"');
const STORED_ATTRIBUTES = Buffer.from('\\",\\"attributes\\":');
const STORED_FLAGS = Buffer.from(',\\"flags\\":');

/** Documents of spans from their bytes. */
export class SpanDocuments extends WireDocuments {
  readonly #span = new WireSpan();
  /** By number of kind, status and parent. */
  readonly #kinds = new Map<number, SpanKind>();
  /** Of the span that was read, where it has some. */
  #parts: SpanParts | undefined;
  #nameForm: TextForm = TEXT_FORMS.asItIs;
  #traceState: { readonly text: Buffer; readonly stored: Buffer } = { text: Buffer.alloc(0), stored: Buffer.alloc(0) };

  protected read(body: Buffer, start: number, end: number): number {
    const span = this.#span;
    if (!span.read(body, start, end) || !span.isInOrder) return -1;
    this.#nameForm = keywordForm(body, span.nameStart, span.nameEnd);
    if (this.#nameForm === TEXT_FORMS.invalid || !this.#readTraceState(body, span)) return -1;
    const attributesBytes = this.attributes.read(body, span.attributes);
    this.#parts = undefined;
    if (span.parts === 0 || attributesBytes < 0) return attributesBytes;
    this.#parts = spanParts(span.decode(body, ALL_PARTS), span.kind);
    return this.#parts === undefined ? -1 : attributesBytes + this.#parts.totalBytes;
  }

  protected write(body: Buffer): void {
    const { out } = this;
    const span = this.#span;
    const nameForm = this.#nameForm;
    if (nameForm === TEXT_FORMS.invalid) throw new Error('a span that was not read');
    const parts = this.#parts;
    const kind = this.#kindOf(span, parts?.statusCode ?? span.statusCode);
    const borrow = span.endLow < span.startLow ? 1 : 0;
    this.writeStart(span.startLow, span.startHigh);
    this.writeMessage(body, span.nameStart, span.nameEnd, nameForm);
    out.put(DURATION);
    out.decimal((span.endLow - span.startLow) >>> 0, span.endHigh - span.startHigh - borrow);
    out.put(END_TIME);
    out.decimal(span.endLow, span.endHigh);
    out.put(kind.numbers);
    out.put(this.shared.service);
    this.writeId(body, span.traceIdStart, TRACE_ID);
    this.writeId(body, span.spanIdStart, SPAN_ID);
    this.writeId(body, span.parentSpanIdStart, PARENT_SPAN_ID);
    this.attributes.writeCorrelationId(body, span.attributes);
    out.put(this.shared.scopeName);
    out.put(NAME);
    out.text(body, span.nameStart, span.nameEnd, nameForm);
    out.byte(QUOTE);
    out.put(kind.keywords);
    if (parts) out.utf8(parts.keywords);
    this.attributes.writeFields(body, span.attributes);
    out.put(this.shared.places);
    if (parts) out.utf8(parts.places);
    out.put(this.shared.beforeRecord);
    this.#writeStored(body, span, nameForm);
    out.put(this.#traceState.stored);
    this.writeStoredId(body, span.parentSpanIdStart, PARENT_SPAN_ID);
    if (parts) out.utf8(parts.stored);
    else out.put(kind.stored);
    if (span.flags !== 0) {
      out.put(STORED_FLAGS);
      out.digits(span.flags);
    }
    this.writeEnd();
  }

  /** What the record's text has before the trace state. */
  #writeStored(body: Buffer, span: WireSpan, nameForm: Exclude<TextForm, typeof TEXT_FORMS.invalid>): void {
    const { out } = this;
    out.put(STORED_TRACE_ID);
    out.hex(body, span.traceIdStart, TRACE_ID.length);
    out.put(STORED_SPAN_ID);
    out.hex(body, span.spanIdStart, SPAN_ID.length);
    out.put(STORED_NAME);
    out.textTwice(body, span.nameStart, span.nameEnd, nameForm);
    out.put(STORED_START);
    out.decimal(span.startLow, span.startHigh);
    out.put(STORED_END);
    out.decimal(span.endLow, span.endHigh);
    out.put(STORED_ATTRIBUTES);
    this.attributes.writeRecord(body, span.attributes);
  }

  #kindOf({ kind, hasStatus, parentSpanIdStart }: WireSpan, statusCode: number): SpanKind {
    const isRoot = parentSpanIdStart === 0;
    const number = (kind << 4) | (hasStatus ? 8 : 0) | (statusCode << 1) | (isRoot ? 1 : 0);
    let known = this.#kinds.get(number);
    if (!known) {
      known = describeKind({ kind, hasStatus, statusCode, isRoot });
      this.#kinds.set(number, known);
    }
    return known;
  }

  /** Mostly there is none, or that of the span before. False for one that is not valid UTF-8. */
  #readTraceState(body: Buffer, { traceStateStart: start, traceStateEnd: end }: WireSpan): boolean {
    if (isSameBytes(this.#traceState.text, body, start, end)) return true;
    if (textForm(body, start, end) === TEXT_FORMS.invalid) return false;
    this.#traceState = {
      text: Buffer.from(body.subarray(start, end)),
      stored: Buffer.from(membersTwice(end > start ? { traceState: body.toString('utf8', start, end) } : {})),
    };
    return true;
  }
}

function describeKind({
  kind,
  hasStatus,
  statusCode,
  isRoot,
}: Pick<WireSpan, 'kind' | 'hasStatus' | 'statusCode'> & { readonly isRoot: boolean }): SpanKind {
  const kindName = SPAN_KINDS[kind];
  const statusName = SPAN_STATUSES[statusCode];
  return {
    numbers: Buffer.from(`","kindNumber":${kind},"isRoot":${isRoot},"isError":${statusCode === 2}`),
    keywords: Buffer.from(
      `${kindName === undefined ? '' : `,"kind":"${kindName}"`}${statusName === undefined ? '' : `,"status":"${statusName}"`}`,
    ),
    stored: Buffer.from(
      membersTwice({ ...(kind !== 0 && { kind }), ...(hasStatus && { status: statusCode === 0 ? {} : { code: statusCode } }) }),
    ),
  };
}

/** What is made of the decoded parts of a span; undefined where it takes the long way. */
function spanParts(decoded: OtlpSpan, kind: number): SpanParts | undefined {
  const { traceId, spanId, name, startTimeUnixNano, endTimeUnixNano, attributes, ...parts } = decoded;
  const { events = [], links = [], status } = parts;
  const statusCode = status?.code ?? 0;
  const [eventPlace, linkPlace] = [encodePlace('event', leavesOfEach(events), UNTYPED), encodePlace('link', leavesOfEach(links), UNTYPED)];
  const names = eventNames(events);
  const hasHashed = eventPlace.hashed.length > 0 || linkPlace.hashed.length > 0 || names.some(isHashed);
  if (hasHashed || SPAN_STATUSES[statusCode] === undefined) return undefined;
  const texts = {
    keywords:
      columnMember('event', names) +
      columnMember('link', linkedTraceIds(links)) +
      columnMember('errorGroup', errorGroups(exceptionsOfEvents(events))),
    places: placeMember(eventPlace) + placeMember(linkPlace),
    stored: membersTwice({ ...(kind !== 0 && { kind }), ...parts }),
  };
  return { ...texts, statusCode, totalBytes: maxBytes(...Object.values(texts)) };
}
