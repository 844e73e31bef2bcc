import { isUtf8 } from 'node:buffer';
import { type Level, levelOfRecord, SPAN_STATUSES } from '@threadline/query-language';
import type { KeyValue, OtlpSpan } from '../../../api/index.ts';
import { sequenceOf, serviceOf } from '../../../model/indexed-record.ts';
import type { PlainRequest } from '../../../model/plain-request.ts';
import { isSameBytes, SPAN_ID_BYTES, TRACE_ID_BYTES } from '../../../otlp/wire-fields.ts';
import { LOG_PARTS, WireLog } from '../../../otlp/wire-log.ts';
import type { WireGroup } from '../../../otlp/wire-request.ts';
import { SPAN_PARTS, WireSpan } from '../../../otlp/wire-span.ts';
import type { ColumnName } from '../columns.ts';
import { fieldToken, type TokenHash } from '../filter/token-hash.ts';
import { type FieldStart, fieldTokens, type TokenStart, type TokenWriter } from '../filter/token-writer.ts';
import { IntBuffer, LongBuffer, TextBuffer } from '../parquet/column-buffer.ts';
import { levelNumber } from '../record-fields.ts';
import { joinWords } from '../words.ts';
import type { AttributeColumns } from './attribute-columns.ts';
import { type EncodedAttributes, encodeAttributes } from './attributes.ts';
import { requestToken, splitId } from './record-id.ts';
import { encodeBody, encodeParts } from './record-parts.ts';
import { type AttributeMembers, attributeMembers, isPlainStatus } from './record-rest.ts';
import { SharedParts } from './shared-part.ts';
import { WireAttributesText, writeWords } from './wire-texts.ts';

/** Columns of texts that few records have any of. */
const RARE_LOG_COLUMNS = ['body', 'words'] as const satisfies readonly ColumnName[];
const RARE_SPAN_COLUMNS = ['event_names', 'link_traces', 'event_attributes', 'link_attributes'] as const satisfies readonly ColumnName[];

/** Of a name that is empty, which no row has. */
const NO_WORDS = joinWords([]);

/** The columns of a row buffer by name. Throws for one that the table does not have. */
export type ColumnOf = (name: ColumnName) => TextBuffer | IntBuffer | LongBuffer;

/** What all records of a group have alike, as their columns have it. */
interface GroupValues {
  readonly texts: readonly (readonly [TextBuffer, string])[];
  readonly arrival: bigint;
  readonly fieldTokens: readonly TokenHash[];
  readonly group: WireGroup;
}

/** Attributes that were made objects, encoded. */
interface ObjectAttributes extends EncodedAttributes {
  readonly sequence: bigint;
}

interface ReadRecord {
  readonly record: WireLog | WireSpan;
  /** Its place in its request. */
  readonly index: number;
  readonly objects: ObjectAttributes | undefined;
}

interface OwnColumns {
  readonly attributes: AttributeColumns;
  /** Names of columns that few rows have any text in. */
  readonly rare: readonly ColumnName[];
  /** Names of columns that no row of these has any text in. */
  readonly empty: readonly ColumnName[];
}

/** What both tables' rows have in common on their way from bytes into columns. */
abstract class WireRows {
  protected readonly tokens: TokenWriter;
  protected readonly attributesText: WireAttributesText;
  readonly #parts: SharedParts;
  readonly #columnOf: ColumnOf;
  readonly #arrival: LongBuffer;
  readonly #sequence: LongBuffer;
  readonly #idIndex: IntBuffer;
  readonly #attributes: TextBuffer;
  readonly #traceId: TextBuffer;
  readonly #spanId: TextBuffer;
  readonly #traceTokens = fieldTokens('traceId');
  readonly #spanTokens = fieldTokens('spanId');
  readonly #hex = Buffer.allocUnsafe(TRACE_ID_BYTES * 2);
  #group: GroupValues | undefined;
  #page = -1;
  /** Rows whose columns lack what the group has alike. */
  #pending = 0;
  readonly #columns: AttributeColumns;
  readonly #rareColumns: readonly TextBuffer[];
  readonly #emptyColumns: readonly TextBuffer[];
  /** Rows whose rare columns lack that they have nothing. */
  #withoutRare = 0;

  constructor(columnOf: ColumnOf, tokens: TokenWriter, { attributes: columns, rare, empty }: OwnColumns) {
    this.tokens = tokens;
    this.#columnOf = columnOf;
    this.#columns = columns;
    this.#rareColumns = rare.map((name) => this.texts(name));
    this.#emptyColumns = empty.map((name) => this.texts(name));
    this.#parts = new SharedParts(tokens);
    this.attributesText = new WireAttributesText(tokens, columns);
    this.#arrival = this.longs('arrival_nanos');
    this.#sequence = this.longs('sequence');
    this.#idIndex = this.ints('id_index');
    this.#attributes = this.texts('attributes');
    this.#traceId = this.texts('trace_id');
    this.#spanId = this.texts('span_id');
  }

  /** The records that are added next are of this group. */
  startGroup(tenant: string, request: PlainRequest, group: WireGroup): void {
    this.endGroup();
    const { resource, scope } = group;
    const id = splitId(request.ids(0));
    const service = serviceOf(resource);
    const scopeName = scope.name ?? '';
    const parts = [this.#parts.of(resource), this.#parts.of(scope)] as const;
    this.#group = {
      group,
      arrival: request.arrivalNanos,
      fieldTokens: [
        requestToken(tenant, id),
        ...(service === '' ? [] : [fieldToken('service', service)]),
        ...(scopeName === '' ? [] : [fieldToken('scope', scopeName)]),
      ],
      texts: [
        [this.texts('tenant'), tenant],
        [this.texts('id_prefix'), id.prefix],
        [this.texts('service'), service],
        [this.texts('scope'), scopeName],
        [this.texts('resource'), parts[0].leaves],
        [this.texts('scope_attributes'), parts[1].leaves],
        [this.texts('resource_json'), parts[0].json],
        [this.texts('scope_json'), parts[1].json],
        ...this.#emptyColumns.map((column) => [column, ''] as const),
      ],
    };
    this.#page = -1;
  }

  /** Completes the rows that were added. Rows that are not added here must come after it. */
  endGroup(): void {
    const rows = this.#pending;
    this.#pending = 0;
    if (rows === 0 || !this.#group) return;
    for (const [column, text] of this.#group.texts) column.addText(text, rows);
    this.#arrival.add(this.#group.arrival, rows);
    this.#endRareColumns();
  }

  /**
   * Adds the row of the record in these bytes, the one of this place in its request. False when the record has to take the long way, through an
   * object: then nothing was added.
   */
  abstract add(body: Buffer, start: number, end: number, index: number): boolean;

  protected texts(name: ColumnName): TextBuffer {
    const column = this.#columnOf(name);
    if (!(column instanceof TextBuffer)) throw new Error(`${name} is no column of texts`);
    return column;
  }

  protected ints(name: ColumnName): IntBuffer {
    const column = this.#columnOf(name);
    if (!(column instanceof IntBuffer)) throw new Error(`${name} is no column of whole numbers`);
    return column;
  }

  protected longs(name: ColumnName): LongBuffer {
    const column = this.#columnOf(name);
    if (!(column instanceof LongBuffer)) throw new Error(`${name} is no column of long numbers`);
    return column;
  }

  /** Attributes that cannot be read as bytes, with their tokens written. */
  protected encodeObjects(attributes: readonly KeyValue[]): ObjectAttributes {
    return { ...encodeAttributes(attributes, this.tokens, this.#columns), sequence: sequenceOf(attributes) };
  }

  /** What `rest` has of the attributes of the record that was read last. */
  protected attributeMembers(
    decoded: { readonly attributes: KeyValue[] } | undefined,
    objects: ObjectAttributes | undefined,
  ): AttributeMembers {
    return attributeMembers(decoded?.attributes ?? [], objects ? objects.composites : this.attributesText.composites);
  }

  /** The columns of what was read last: attributes (those that are objects, else those of `attributesText`), sequence, ids. */
  protected addShared(body: Buffer, { record, index, objects }: ReadRecord): void {
    this.#pending += 1;
    if (this.#page !== this.tokens.page) this.#writeGroupTokens();
    if (objects) {
      for (const { column, text } of objects.values) column.addText(text, this.tokens.page);
      this.#attributes.addText(objects.text, 1);
      this.#sequence.add(objects.sequence, 1);
    } else {
      this.#attributes.addText(this.attributesText.add(body, record.attributes), 1);
      this.#sequence.addHalves(this.attributesText.sequenceLow, this.attributesText.sequenceHigh);
    }
    this.#idIndex.add(index);
    this.addId(this.#traceId, this.#traceTokens, body, record.traceIdStart, TRACE_ID_BYTES);
    this.addId(this.#spanId, this.#spanTokens, body, record.spanIdStart, SPAN_ID_BYTES);
  }

  /** The row's texts in its rare columns, in their order; undefined for none. */
  protected addRare(texts: readonly string[] | undefined): void {
    if (!texts) {
      this.#withoutRare += 1;
      return;
    }
    this.#endRareColumns();
    for (const [number, column] of this.#rareColumns.entries()) column.addText(texts[number] ?? '', 1);
  }

  #endRareColumns(): void {
    const rows = this.#withoutRare;
    this.#withoutRare = 0;
    if (rows > 0) for (const column of this.#rareColumns) column.addText('', rows);
  }

  /** An id in hex; an empty text where there is none. */
  protected addId(column: TextBuffer, field: TokenStart, body: Buffer, start: number, length: number): void {
    const hex = this.#hex;
    if (start === 0) {
      column.addBytes(hex, 0, 0);
      return;
    }
    this.tokens.hexField(field, hex, body, start, length);
    column.addBytes(hex, 0, length * 2);
  }

  /** Writes the token of a field's text; false for one that is not valid UTF-8. */
  protected writeField(field: FieldStart, body: Buffer, start: number, end: number): boolean {
    if (isAscii(body, start, end)) this.tokens.asciiField(field, body, start, end);
    else if (isUtf8(body.subarray(start, end))) this.tokens.field(field.name, body.toString('utf8', start, end));
    else return false;
    return true;
  }

  #writeGroupTokens(): void {
    this.#page = this.tokens.page;
    if (!this.#group) throw new Error('a row without a group');
    const { fieldTokens: hashes, group } = this.#group;
    for (const { high, low } of hashes) this.tokens.add(high, low);
    this.#parts.of(group.resource);
    this.#parts.of(group.scope);
  }
}

/** What a severity and the like come to: the same few again and again. */
interface LogKind {
  readonly severityNumber: number;
  readonly severityText: Buffer;
  readonly flags: number;
  readonly isTimeAbsent: boolean;
  readonly level: Level;
  readonly levelToken: TokenHash;
  readonly rest: string;
}

/** More are not looked through. */
const MAX_LOG_KINDS = 16;

/** Rows of log records from their bytes. */
export class WireLogRows extends WireRows {
  readonly #log = new WireLog();
  readonly #kinds: LogKind[] = [];
  readonly #time: LongBuffer;
  readonly #observed: LongBuffer;
  readonly #level: IntBuffer;
  readonly #eventName: TextBuffer;
  readonly #message: TextBuffer;
  readonly #rest: TextBuffer;
  readonly #eventTokens = fieldTokens('eventName');
  #arrivalLow = 0;
  #arrivalHigh = 0;

  constructor(columnOf: ColumnOf, tokens: TokenWriter, columns: AttributeColumns) {
    super(columnOf, tokens, { attributes: columns, rare: RARE_LOG_COLUMNS, empty: [] });
    this.#time = this.longs('time_nanos');
    this.#observed = this.longs('observed_nanos');
    this.#level = this.ints('level');
    this.#eventName = this.texts('event_name');
    this.#message = this.texts('message');
    this.#rest = this.texts('rest');
  }

  override startGroup(tenant: string, request: PlainRequest, group: WireGroup): void {
    super.startGroup(tenant, request, group);
    this.#arrivalLow = Number(request.arrivalNanos & 0xffff_ffffn);
    this.#arrivalHigh = Number(request.arrivalNanos >> 32n);
  }

  add(body: Buffer, start: number, end: number, index: number): boolean {
    const log = this.#log;
    const { tokens } = this;
    if (!log.read(body, start, end)) return false;
    const kind = this.#kindOf(body, log);
    const hasText = (log.parts & LOG_PARTS.body) === 0;
    if (!kind || (hasText && !writeWords(tokens, body, log.bodyStart, log.bodyEnd))) return false;
    const hasEventName = log.eventNameEnd > log.eventNameStart;
    if (hasEventName && !this.writeField(this.#eventTokens, body, log.eventNameStart, log.eventNameEnd)) return false;
    const hasBytes = this.attributesText.read(body, log.attributes);
    const parts = hasBytes ? log.parts : log.parts | LOG_PARTS.attributes;
    const decoded = parts === 0 ? undefined : log.decode(body, parts);
    const objects = decoded && !hasBytes ? this.encodeObjects(decoded.attributes) : undefined;
    const content = decoded && !hasText ? encodeBody(decoded.body, tokens) : undefined;
    this.addShared(body, { record: log, index, objects });
    this.addRare(content && [content.leaves, content.words]);
    tokens.add(kind.levelToken.high, kind.levelToken.low);
    this.#addTime(log);
    this.#observed.addHalves(log.observedLow, log.observedHigh);
    this.#level.add(levelNumber(kind.level));
    if (content) this.#message.addText(content.message, 1);
    else this.#message.addBytes(body, log.bodyStart, log.bodyEnd);
    this.#eventName.addBytes(body, log.eventNameStart, log.eventNameEnd);
    if (decoded || this.attributesText.composites.length > 0) {
      const own = content?.message === '' ? decoded?.body : undefined;
      const members = { ...this.attributeMembers(decoded, objects), body: own, droppedAttributesCount: decoded?.droppedAttributesCount };
      this.#rest.addText(withMembers(kind.rest, members), 1);
    } else this.#rest.addText(kind.rest, 1);
    return true;
  }

  /** The record's own time, else the observed, else the arrival. */
  #addTime({ timeLow, timeHigh, observedLow, observedHigh }: WireLog): void {
    if (timeLow !== 0 || timeHigh !== 0) this.#time.addHalves(timeLow, timeHigh);
    else if (observedLow !== 0 || observedHigh !== 0) this.#time.addHalves(observedLow, observedHigh);
    else this.#time.addHalves(this.#arrivalLow, this.#arrivalHigh);
  }

  /** Undefined for a severity's text that is not valid UTF-8. */
  #kindOf(body: Buffer, log: WireLog): LogKind | undefined {
    const { severityNumber, flags, severityTextStart: start, severityTextEnd: end } = log;
    const isTimeAbsent = log.timeLow === 0 && log.timeHigh === 0;
    for (const kind of this.#kinds) {
      if (
        kind.severityNumber === severityNumber &&
        kind.flags === flags &&
        kind.isTimeAbsent === isTimeAbsent &&
        isSameBytes(kind.severityText, body, start, end)
      )
        return kind;
    }
    const severityText = Buffer.from(body.subarray(start, end));
    if (!isUtf8(severityText)) return undefined;
    const text = severityText.toString();
    const level = levelOfRecord(severityNumber, text);
    const kind = {
      ...{ severityNumber, flags, isTimeAbsent, severityText, level, levelToken: fieldToken('level', level) },
      rest: JSON.stringify({
        ...(severityNumber !== 0 && { severityNumber }),
        ...(text !== '' && { severityText: text }),
        ...(flags !== 0 && { flags }),
        ...(isTimeAbsent && { timeUnixNano: '0' }),
      }),
    };
    if (this.#kinds.length === MAX_LOG_KINDS) this.#kinds.shift();
    this.#kinds.push(kind);
    return kind;
  }
}

const RARE_SPAN_PARTS = SPAN_PARTS.events | SPAN_PARTS.links;
const NO_PARTS: Partial<OtlpSpan> = {};

/** Rows of spans from their bytes. */
export class WireSpanRows extends WireRows {
  readonly #span = new WireSpan();
  readonly #time: LongBuffer;
  readonly #duration: LongBuffer;
  readonly #words: TextBuffer;
  readonly #parentSpanId: TextBuffer;
  readonly #name: TextBuffer;
  readonly #kind: IntBuffer;
  readonly #status: IntBuffer;
  readonly #isRoot: IntBuffer;
  readonly #isError: IntBuffer;
  readonly #rest: TextBuffer;
  readonly #parentTokens = fieldTokens('parentSpanId');
  readonly #nameTokens = fieldTokens('name');
  readonly #statusTokens = SPAN_STATUSES.map((status) => fieldToken('status', status));
  #lastRest = { flags: 0, hasEmptyStatus: false, traceState: Buffer.alloc(0), text: '{}' };

  constructor(columnOf: ColumnOf, tokens: TokenWriter, columns: AttributeColumns) {
    super(columnOf, tokens, { attributes: columns, rare: RARE_SPAN_COLUMNS, empty: ['exact_bounds'] });
    this.#time = this.longs('time_nanos');
    this.#duration = this.longs('duration_nanos');
    this.#words = this.texts('words');
    this.#parentSpanId = this.texts('parent_span_id');
    this.#name = this.texts('name');
    this.#kind = this.ints('kind');
    this.#status = this.ints('status');
    this.#isRoot = this.ints('is_root');
    this.#isError = this.ints('is_error');
    this.#rest = this.texts('rest');
  }

  add(body: Buffer, start: number, end: number, index: number): boolean {
    const span = this.#span;
    const { tokens } = this;
    if (!span.read(body, start, end)) return false;
    const rest = this.#restOf(body, span);
    if (rest === undefined || !writeWords(tokens, body, span.nameStart, span.nameEnd)) return false;
    if (!this.writeField(this.#nameTokens, body, span.nameStart, span.nameEnd)) return false;
    const hasBytes = this.attributesText.read(body, span.attributes);
    const parts = hasBytes ? span.parts : span.parts | SPAN_PARTS.attributes;
    const decoded = parts === 0 ? undefined : span.decode(body, parts);
    const objects = decoded && !hasBytes ? this.encodeObjects(decoded.attributes) : undefined;
    const rare = (parts & RARE_SPAN_PARTS) === 0 || !decoded ? undefined : encodeParts(decoded, tokens);
    const statusCode = decoded?.status?.code ?? span.statusCode;
    this.addShared(body, { record: span, index, objects });
    this.addRare(rare && RARE_SPAN_COLUMNS.map((name) => rare[name]));
    this.#words.addText(span.nameEnd === span.nameStart ? NO_WORDS : '', 1);
    this.addId(this.#parentSpanId, this.#parentTokens, body, span.parentSpanIdStart, SPAN_ID_BYTES);
    this.#name.addBytes(body, span.nameStart, span.nameEnd);
    const status = this.#statusTokens[statusCode];
    if (status) tokens.add(status.high, status.low);
    this.#time.addHalves(span.startLow, span.startHigh);
    const borrow = span.endLow < span.startLow ? 1 : 0;
    this.#duration.addHalves((span.endLow - span.startLow) | 0, span.endHigh - span.startHigh - borrow);
    this.#kind.add(span.kind);
    this.#status.add(statusCode);
    this.#isRoot.add(span.parentSpanIdStart === 0 ? 1 : 0);
    this.#isError.add(statusCode === 2 ? 1 : 0);
    if (decoded || this.attributesText.composites.length > 0) {
      const { events, links, status: sent, droppedAttributesCount, droppedEventsCount, droppedLinksCount } = decoded ?? NO_PARTS;
      const own = sent && !isPlainStatus(sent) ? sent : undefined;
      const counts = { droppedAttributesCount, droppedEventsCount, droppedLinksCount };
      this.#rest.addText(withMembers(rest, { ...this.attributeMembers(decoded, objects), events, links, status: own, ...counts }), 1);
    } else this.#rest.addText(rest, 1);
    return true;
  }

  /** Undefined for a trace state that is not valid UTF-8. */
  #restOf(body: Buffer, { flags, hasStatus, statusCode, traceStateStart: start, traceStateEnd: end }: WireSpan): string | undefined {
    const last = this.#lastRest;
    const hasEmptyStatus = hasStatus && statusCode === 0;
    if (last.flags === flags && last.hasEmptyStatus === hasEmptyStatus && isSameBytes(last.traceState, body, start, end)) return last.text;
    const traceState = Buffer.from(body.subarray(start, end));
    if (!isUtf8(traceState)) return undefined;
    const text = JSON.stringify({
      ...(end > start && { traceState: traceState.toString() }),
      ...(flags !== 0 && { flags }),
      ...(hasEmptyStatus && { status: {} }),
    });
    this.#lastRest = { flags, hasEmptyStatus, traceState, text };
    return text;
  }
}

function isAscii(body: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((body[at] ?? 0) >= 0x80) return false;
  return true;
}

/** The JSON of an object with more members. */
function withMembers(json: string, members: Readonly<Record<string, unknown>>): string {
  const more = JSON.stringify(members);
  if (more === '{}') return json;
  return json === '{}' ? more : `${json.slice(0, -1)},${more.slice(1)}`;
}
