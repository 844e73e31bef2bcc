import type { PlainRequest } from '../../../model/plain-request.ts';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from '../../../otlp/wire-fields.ts';
import type { WireGroup } from '../../../otlp/wire-request.ts';
import { MAX_TERM_TEXT_LENGTH } from '../attribute-terms.ts';
import { AttributeBytes, MAX_BYTES_A_BYTE } from './attribute-bytes.ts';
import { type DocumentBytes, TEXT_FORMS, textForm } from './document-bytes.ts';
import { type SharedBytes, sharedBytes } from './shared-bytes.ts';

/** A longer record takes the long way, so that room for the worst that can become of it is little. */
const MAX_RECORD_BYTES = 32 * 1024;
/** Names, times, ids and brackets of a document. */
const MAX_FIXED_BYTES = 2 * 1024;
const INDEX_DIGITS = 6;
const QUOTE = 0x22;

const CREATE = Buffer.from('{"create":{"_id":"');
const TIMESTAMP = Buffer.from('"}}\n{"@timestamp":"');
const SEQUENCE = Buffer.from('","sequence":"');
const RECORD_ID = Buffer.from('","recordId":"');
const STORED_ID = Buffer.from(',\\"id\\":\\"');
const MESSAGE = Buffer.from('","message":"');
const HAS_MESSAGE = Buffer.from('","hasMessage":true');

/** A member whose value is an id of so many bytes in hex: as a field, and in the record's text. */
interface IdMember {
  readonly length: number;
  readonly field: Buffer;
  readonly stored: Buffer;
}

export const TRACE_ID: IdMember = idMember('traceId', TRACE_ID_BYTES);
export const SPAN_ID: IdMember = idMember('spanId', SPAN_ID_BYTES);
export const PARENT_SPAN_ID: IdMember = idMember('parentSpanId', SPAN_ID_BYTES);
/** The end of a text in a JSON string. */
export const STORED_QUOTE = Buffer.from('\\"');

/** What both signals' documents have in common on their way from a request's bytes into those of a bulk request. */
export abstract class WireDocuments {
  /** Give it another buffer before the next document where this one is still being sent. */
  readonly out: DocumentBytes;
  protected readonly attributes: AttributeBytes;
  /** Of the groups that are started from now on: the batch that their records' figures are counted in. */
  figureBatch: string | undefined;
  #shared: SharedBytes | undefined;
  #index = 0;

  constructor(out: DocumentBytes) {
    this.out = out;
    this.attributes = new AttributeBytes(out);
  }

  /** The records that are added next are of this group. */
  startGroup(request: PlainRequest, group: WireGroup): void {
    this.#shared = sharedBytes(request, group, this.figureBatch);
  }

  /**
   * Writes what `encodeDocument` makes of the record in these bytes, the one of this place in its request, and the line before it. False when the record
   * has to take the long way, through an object: then nothing was written.
   */
  add(body: Buffer, start: number, end: number, index: number): boolean {
    if (end - start > MAX_RECORD_BYTES) return false;
    const extraBytes = this.read(body, start, end);
    if (extraBytes < 0) return false;
    this.out.reserve((end - start) * MAX_BYTES_A_BYTE + extraBytes + MAX_FIXED_BYTES + this.shared.totalBytes);
    this.#index = index;
    this.write(body);
    return true;
  }

  /** Looks at the record; gives what it takes beside its own bytes, -1 for the long way. */
  protected abstract read(body: Buffer, start: number, end: number): number;

  /** Writes the record that was read. */
  protected abstract write(body: Buffer): void;

  protected get shared(): SharedBytes {
    if (!this.#shared) throw new Error('a record without a group');
    return this.#shared;
  }

  /** Up to the time and after it, up to the id's quote. */
  protected writeStart(timeLow: number, timeHigh: number): void {
    const { out } = this;
    out.put(CREATE);
    this.#writeId();
    out.put(TIMESTAMP);
    out.time(timeLow, timeHigh);
    out.put(SEQUENCE);
    out.signedDecimal(this.attributes.sequenceLow, this.attributes.sequenceHigh);
    out.put(RECORD_ID);
    this.#writeId();
  }

  /** The id's quote and the message. */
  protected writeMessage(body: Buffer, start: number, end: number, form: 0 | 1): void {
    const { out } = this;
    out.put(MESSAGE);
    out.text(body, start, end, form);
    out.put(HAS_MESSAGE);
  }

  protected writeNoMessage(): void {
    this.out.byte(QUOTE);
  }

  /** Nothing where it stands nowhere. */
  protected writeId(body: Buffer, start: number, { length, field }: IdMember): void {
    if (start === 0) return;
    this.out.put(field);
    this.out.hex(body, start, length);
    this.out.byte(QUOTE);
  }

  /** As `writeId`, in the record's text. */
  protected writeStoredId(body: Buffer, start: number, { length, stored }: IdMember): void {
    if (start === 0) return;
    this.out.put(stored);
    this.out.hex(body, start, length);
    this.out.put(STORED_QUOTE);
  }

  /** From the record's id on. */
  protected writeEnd(): void {
    this.out.put(STORED_ID);
    this.#writeId();
    this.out.put(this.shared.end);
  }

  #writeId(): void {
    this.out.put(this.shared.idPrefix);
    this.out.hexDigits(this.#index, INDEX_DIGITS);
  }
}

/** The form of a text that is also a keyword; invalid where it may be in the index as a hash. */
export function keywordForm(body: Buffer, start: number, end: number) {
  return end - start > MAX_TERM_TEXT_LENGTH ? TEXT_FORMS.invalid : textForm(body, start, end);
}

function idMember(name: string, length: number): IdMember {
  return { length, field: Buffer.from(`,"${name}":"`), stored: Buffer.from(`,\\"${name}\\":\\"`) };
}
