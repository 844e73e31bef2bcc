import type { Signal } from './batch.ts';
import { ENCODINGS } from './encodings.ts';
import { readFields, WIRE } from './protobuf-reader.ts';

/** OTLP's count of what it did not take of a request, by signal. */
const REJECTED_FIELDS = { traces: 'rejectedSpans', logs: 'rejectedLogRecords' } as const;
/** `partial_success` of a response; its count; its message and that of a `google.rpc.Status`. */
const PARTIAL_SUCCESS = 1;
const REJECTED = 1;
const MESSAGE = 2;
const MAX_MESSAGE_CHARACTERS = 200;

/** What the collector said of a batch. */
export interface ExportAnswer {
  readonly rejectedItems: number;
  /** Empty when it said nothing. */
  readonly message: string;
}

export interface AnswerBody {
  readonly contentType: string;
  readonly body: Buffer;
}

const SILENT: ExportAnswer = { rejectedItems: 0, message: '' };

/**
 * Reads `partial_success` of a batch that was taken, else the message of a `google.rpc.Status`, in the encoding that the answer
 * names. Of what is neither, as of a gateway's page, nothing is said; never throws.
 */
export function readExportAnswer({ contentType, body }: AnswerBody, signal: Signal, isTaken: boolean): ExportAnswer {
  try {
    return contentType.startsWith(ENCODINGS.protobuf.contentType)
      ? readProtobuf(body, isTaken)
      : readJson(body.toString('utf8'), signal, isTaken);
  } catch {
    return SILENT;
  }
}

function readJson(text: string, signal: Signal, isTaken: boolean): ExportAnswer {
  const answer: unknown = JSON.parse(text);
  const said: unknown = isTaken ? memberOf(answer, 'partialSuccess') : answer;
  const message = memberOf(said, isTaken ? 'errorMessage' : 'message');
  return {
    rejectedItems: isTaken ? countOf(memberOf(said, REJECTED_FIELDS[signal]) ?? 0) : 0,
    message: typeof message === 'string' ? message.slice(0, MAX_MESSAGE_CHARACTERS) : '',
  };
}

function readProtobuf(body: Uint8Array, isTaken: boolean): ExportAnswer {
  if (!isTaken) return { rejectedItems: 0, message: messageOf(body) };
  for (const { number, value } of readFields(body)) {
    if (number !== PARTIAL_SUCCESS || typeof value === 'bigint') continue;
    let rejectedItems = 0;
    for (const field of readFields(value))
      if (field.number === REJECTED && field.wireType === WIRE.varint) rejectedItems = countOf(field.value);
    return { rejectedItems, message: messageOf(value) };
  }
  return SILENT;
}

function messageOf(message: Uint8Array): string {
  for (const { number, value } of readFields(message))
    if (number === MESSAGE && typeof value !== 'bigint') return Buffer.from(value).toString('utf8').slice(0, MAX_MESSAGE_CHARACTERS);
  return '';
}

/** 0 for what is no count. */
function countOf(value: unknown): number {
  const count = Number(value);
  return Number.isSafeInteger(count) ? count : 0;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
