import { isSameBytes } from '../../../otlp/wire-fields.ts';
import { WireSpan } from '../../../otlp/wire-span.ts';
import { SPAN_KINDS, SPAN_STATUSES } from '../columns.ts';
import { membersTwice, TEXT_FORMS, type TextForm, textForm } from './document-bytes.ts';
import { keywordForm, PARENT_SPAN_ID, SPAN_ID, TRACE_ID, WireDocuments } from './wire-documents.ts';

/** What kind, status and parent come to: a few for all spans. */
interface SpanKind {
  /** The fields of numbers and truths. */
  readonly numbers: Buffer;
  readonly keywords: Buffer;
  readonly stored: Buffer;
}

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
  #nameForm: TextForm = TEXT_FORMS.asItIs;
  #traceState: { readonly text: Buffer; readonly stored: Buffer } = { text: Buffer.alloc(0), stored: Buffer.alloc(0) };

  protected read(body: Buffer, start: number, end: number): number {
    const span = this.#span;
    if (!span.read(body, start, end) || !span.isSimple || !span.isInOrder) return -1;
    this.#nameForm = keywordForm(body, span.nameStart, span.nameEnd);
    if (this.#nameForm === TEXT_FORMS.invalid || !this.#readTraceState(body, span)) return -1;
    return this.attributes.read(body, span.attributes);
  }

  protected write(body: Buffer): void {
    const { out } = this;
    const span = this.#span;
    const nameForm = this.#nameForm;
    if (nameForm === TEXT_FORMS.invalid) throw new Error('a span that was not read');
    const kind = this.#kindOf(span);
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
    this.writeCorrelationId(body, span.attributes);
    out.put(this.shared.scopeName);
    out.put(NAME);
    out.text(body, span.nameStart, span.nameEnd, nameForm);
    out.byte(QUOTE);
    out.put(kind.keywords);
    this.attributes.writeFields(body, span.attributes);
    out.put(this.shared.places);
    this.#writeStored(body, span, nameForm);
    out.put(this.#traceState.stored);
    this.writeStoredId(body, span.parentSpanIdStart, PARENT_SPAN_ID);
    out.put(kind.stored);
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

  #kindOf({ kind, hasStatus, statusCode, parentSpanIdStart }: WireSpan): SpanKind {
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
      stored: membersTwice(end > start ? { traceState: body.toString('utf8', start, end) } : {}),
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
    stored: membersTwice({ ...(kind !== 0 && { kind }), ...(hasStatus && { status: statusCode === 0 ? {} : { code: statusCode } }) }),
  };
}
