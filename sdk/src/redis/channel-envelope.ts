/**
 * A message of an opted-in channel: the mark, the context as JSON, a line feed, then the message as it was, byte for byte.
 *
 *     \u0001threadline {"traceparent":"00-…","baggage":"correlation.id=…"}\n<message>
 */
const MARK = '\u0001threadline ';
const MARK_BYTES = Buffer.from(MARK);
const LINE_FEED = 10;

/** Puts the context before a message. What is neither text nor bytes is left as it is, for the client to refuse. */
export function sealEnvelope(message: unknown, fields: Readonly<Record<string, string>>): unknown {
  const head = `${MARK}${JSON.stringify(fields)}\n`;
  if (message instanceof Uint8Array) return Buffer.concat([Buffer.from(head), message]);
  return typeof message === 'string' || typeof message === 'number' ? `${head}${message}` : message;
}

export interface OpenedEnvelope<Message> {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: Message;
}

/** The message and its context; undefined for one that is in no envelope of ours. */
export function openEnvelope<Message>(sealed: Message): OpenedEnvelope<Message> | undefined {
  if (typeof sealed === 'string') return openText(sealed);
  return Buffer.isBuffer(sealed) ? openBytes(sealed) : undefined;
}

function openText<Message extends string>(sealed: Message): OpenedEnvelope<Message> | undefined;
function openText(sealed: string): OpenedEnvelope<string> | undefined {
  const end = sealed.startsWith(MARK) ? sealed.indexOf('\n') : -1;
  const fields = end === -1 ? undefined : parseFields(sealed.slice(MARK.length, end));
  return fields === undefined ? undefined : { fields, message: sealed.slice(end + 1) };
}

function openBytes<Message extends Buffer>(sealed: Message): OpenedEnvelope<Message> | undefined;
function openBytes(sealed: Buffer): OpenedEnvelope<Buffer> | undefined {
  const end = sealed.subarray(0, MARK_BYTES.length).equals(MARK_BYTES) ? sealed.indexOf(LINE_FEED) : -1;
  const fields = end === -1 ? undefined : parseFields(sealed.subarray(MARK_BYTES.length, end).toString());
  return fields === undefined ? undefined : { fields, message: sealed.subarray(end + 1) };
}

function parseFields(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const fields: unknown = JSON.parse(text);
    return isRecord(fields) ? fields : undefined;
  } catch {
    // Somebody else's message that begins like one of ours.
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
