import { levelOfRecord } from '@threadline/query-language';
import type { OtlpLogRecord } from '../../../api/index.ts';
import { bodyLeaves } from '../../../model/attribute-leaves.ts';
import { messageOf, serviceOf } from '../../../model/indexed-record.ts';
import type { PlainRequest } from '../../../model/plain-request.ts';
import { isSameBytes } from '../../../otlp/wire-fields.ts';
import { WireLog } from '../../../otlp/wire-log.ts';
import type { WireGroup } from '../../../otlp/wire-request.ts';
import type { TemplateReader } from '../../patterns/template-reader.ts';
import type { TemplateText } from '../../patterns/template-text.ts';
import { wellFormed } from '../attribute-terms.ts';
import { errorGroups } from '../columns.ts';
import { columnMember, templateField } from '../document.ts';
import { encodePlace, placeMember } from '../place-encoding.ts';
import { maxBytes, membersTwice, TEXT_FORMS, type TextForm, textForm } from './document-bytes.ts';
import { keywordForm, SPAN_ID, STORED_QUOTE, TRACE_ID, WireDocuments } from './wire-documents.ts';

/** What a severity comes to: the same few again and again. */
interface Severity {
  readonly number: number;
  readonly text: Buffer;
  readonly level: Buffer;
  readonly stored: Buffer;
}

/** What had to be decoded of a log, as its document has it. Nothing for what it does not have. */
interface LogParts {
  /** From the id's quote on; empty where the message is a text, or there is none. */
  readonly message: string;
  /** The body's place. */
  readonly place: string;
  /** From behind the severity to the flags. */
  readonly stored: string;
  /** At most. */
  readonly totalBytes: number;
}

/** More are not looked through. */
const MAX_SEVERITIES = 16;
/** Fields of templates that are ready; more are made anew. */
const MAX_TEMPLATE_FIELDS = 10_000;
const QUOTE = 0x22;
const OBSERVED_TIME = Buffer.from(',"observedTime":"');
const EVENT_NAME = Buffer.from(',"eventName":"');
const STORED_TIME = Buffer.from('{\\"timeUnixNano\\":\\"');
const STORED_OBSERVED = Buffer.from('\\",\\"observedTimeUnixNano\\":\\"');
const STORED_ATTRIBUTES = Buffer.from('\\",\\"attributes\\":');
const STORED_BODY = Buffer.from(',\\"body\\":{\\"stringValue\\":\\"');
const END_BODY = Buffer.from('\\"}');
const STORED_FLAGS = Buffer.from(',\\"flags\\":');
const STORED_EVENT_NAME = Buffer.from(',\\"eventName\\":\\"');

/** Documents of log records from their bytes. */
export class LogDocuments extends WireDocuments {
  readonly #log = new WireLog();
  readonly #severities: Severity[] = [];
  #severity: Severity | undefined;
  #template: Buffer | undefined;
  /** The member of its error; empty where it says none. */
  #errorGroup = '';
  /** Of the log that was read, where it has some. */
  #parts: LogParts | undefined;
  #bodyForm: TextForm = TEXT_FORMS.asItIs;
  #eventNameForm: TextForm = TEXT_FORMS.asItIs;
  #arrivalLow = 0;
  #arrivalHigh = 0;
  #service = '';
  readonly #templateFields = new Map<TemplateText, Buffer>();
  /** Gives the logs that follow their templates; without it they have none. */
  templates: TemplateReader | undefined;

  override startGroup(request: PlainRequest, group: WireGroup): void {
    super.startGroup(request, group);
    this.#service = serviceOf(group.resource);
    this.#arrivalLow = Number(request.arrivalNanos & 0xffff_ffffn);
    this.#arrivalHigh = Number(request.arrivalNanos >> 32n);
  }

  protected read(body: Buffer, start: number, end: number): number {
    const log = this.#log;
    if (!log.read(body, start, end) || !log.isInOrder) return -1;
    this.#bodyForm = textForm(body, log.bodyStart, log.bodyEnd);
    this.#eventNameForm = keywordForm(body, log.eventNameStart, log.eventNameEnd);
    this.#severity = this.#severityOf(body, log);
    if (this.#bodyForm === TEXT_FORMS.invalid || this.#eventNameForm === TEXT_FORMS.invalid || !this.#severity) return -1;
    const attributesBytes = this.attributes.read(body, log.attributes);
    if (attributesBytes < 0) return -1;
    this.#parts = undefined;
    if (log.parts !== 0) {
      this.#parts = logParts(log.decode(body, log.parts));
      if (!this.#parts) return -1;
    }
    const exceptions = this.attributes.exceptions(body, log.attributes);
    this.#errorGroup = exceptions.length === 0 ? '' : columnMember('errorGroup', errorGroups(exceptions));
    this.#template = log.bodyEnd > log.bodyStart ? this.#templateField(body, log.bodyStart, log.bodyEnd) : undefined;
    return (
      attributesBytes +
      (this.#parts?.totalBytes ?? 0) +
      this.#errorGroup.length +
      this.#severity.stored.length +
      (this.#template?.length ?? 0)
    );
  }

  protected write(body: Buffer): void {
    const { out } = this;
    const log = this.#log;
    const severity = this.#severity;
    const template = this.#template;
    const parts = this.#parts;
    const [bodyForm, eventNameForm] = [this.#bodyForm, this.#eventNameForm];
    if (!severity || bodyForm === TEXT_FORMS.invalid || eventNameForm === TEXT_FORMS.invalid) throw new Error('a log that was not read');
    const hasBody = log.bodyEnd > log.bodyStart;
    const hasEventName = log.eventNameEnd > log.eventNameStart;
    this.#writeStartAtTime(log);
    if (hasBody) this.writeMessage(body, log.bodyStart, log.bodyEnd, bodyForm);
    else if (parts && parts.message !== '') out.utf8(parts.message);
    else this.writeNoMessage();
    if (hasBody && template) out.put(template);
    out.put(severity.level);
    if (log.observedLow !== 0 || log.observedHigh !== 0) {
      out.put(OBSERVED_TIME);
      out.decimal(log.observedLow, log.observedHigh);
      out.byte(QUOTE);
    }
    out.put(this.shared.service);
    this.writeId(body, log.traceIdStart, TRACE_ID);
    this.writeId(body, log.spanIdStart, SPAN_ID);
    this.attributes.writeCorrelationId(body, log.attributes);
    out.put(this.shared.scopeName);
    if (hasEventName) {
      out.put(EVENT_NAME);
      out.text(body, log.eventNameStart, log.eventNameEnd, eventNameForm);
      out.byte(QUOTE);
    }
    if (this.#errorGroup !== '') out.utf8(this.#errorGroup);
    this.attributes.writeFields(body, log.attributes);
    out.put(this.shared.places);
    if (parts) out.utf8(parts.place);
    out.put(this.shared.beforeRecord);
    this.#writeStored(body, log, severity);
    if (hasBody) {
      out.put(STORED_BODY);
      out.textTwice(body, log.bodyStart, log.bodyEnd, bodyForm);
      out.put(END_BODY);
    }
    if (parts) out.utf8(parts.stored);
    if (log.flags !== 0) {
      out.put(STORED_FLAGS);
      out.digits(log.flags);
    }
    this.writeStoredId(body, log.traceIdStart, TRACE_ID);
    this.writeStoredId(body, log.spanIdStart, SPAN_ID);
    if (hasEventName) {
      out.put(STORED_EVENT_NAME);
      out.textTwice(body, log.eventNameStart, log.eventNameEnd, eventNameForm);
      out.put(STORED_QUOTE);
    }
    this.writeEnd();
  }

  #templateField(body: Buffer, start: number, end: number): Buffer | undefined {
    if (!this.templates) return undefined;
    const template = this.templates.ofBytes(this.#service, body, start, end);
    const known = this.#templateFields.get(template);
    if (known) return known;
    if (this.#templateFields.size >= MAX_TEMPLATE_FIELDS) this.#templateFields.clear();
    const made = Buffer.from(templateField(template));
    this.#templateFields.set(template, made);
    return made;
  }

  /** The record's own time, else the observed, else the arrival. */
  #writeStartAtTime({ timeLow, timeHigh, observedLow, observedHigh }: WireLog): void {
    if (timeLow !== 0 || timeHigh !== 0) this.writeStart(timeLow, timeHigh);
    else if (observedLow !== 0 || observedHigh !== 0) this.writeStart(observedLow, observedHigh);
    else this.writeStart(this.#arrivalLow, this.#arrivalHigh);
  }

  /** What the record's text has before the body. */
  #writeStored(body: Buffer, log: WireLog, { stored }: Severity): void {
    const { out } = this;
    out.put(STORED_TIME);
    out.decimal(log.timeLow, log.timeHigh);
    out.put(STORED_OBSERVED);
    out.decimal(log.observedLow, log.observedHigh);
    out.put(STORED_ATTRIBUTES);
    this.attributes.writeRecord(body, log.attributes);
    out.put(stored);
  }

  /** Undefined for a text that is not valid UTF-8. */
  #severityOf(body: Buffer, { severityNumber, severityTextStart: start, severityTextEnd: end }: WireLog): Severity | undefined {
    for (const known of this.#severities) if (known.number === severityNumber && isSameBytes(known.text, body, start, end)) return known;
    if (textForm(body, start, end) === TEXT_FORMS.invalid) return undefined;
    const text = body.toString('utf8', start, end);
    const stored = { ...(severityNumber !== 0 && { severityNumber }), ...(text !== '' && { severityText: text }) };
    const severity = {
      number: severityNumber,
      text: Buffer.from(body.subarray(start, end)),
      level: Buffer.from(`,"level":"${levelOfRecord(severityNumber, text)}"`),
      stored: Buffer.from(membersTwice(stored)),
    };
    if (this.#severities.length === MAX_SEVERITIES) this.#severities.shift();
    this.#severities.push(severity);
    return severity;
  }
}

/** What is made of the decoded parts of a log; undefined where it takes the long way. */
function logParts(decoded: OtlpLogRecord): LogParts | undefined {
  const { timeUnixNano, observedTimeUnixNano, attributes, ...parts } = decoded;
  const { body } = parts;
  // A text that is not written as nearly all are: its template would be made of it once more.
  if (body?.stringValue) return undefined;
  const place = encodePlace('body', bodyLeaves(body), { isTyped: false });
  if (place.hashed.length > 0) return undefined;
  const message = body && messageOf(body);
  const texts = {
    message: message === undefined ? '' : `","message":${JSON.stringify(wellFormed(message))},"hasMessage":true`,
    place: placeMember(place),
    stored: membersTwice(parts),
  };
  return { ...texts, totalBytes: maxBytes(...Object.values(texts)) };
}
