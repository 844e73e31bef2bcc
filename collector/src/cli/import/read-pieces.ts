/** One line, one document or one message of a source. */
export interface Piece {
  /** For messages and keys: `line 17`, `message 3`. */
  readonly place: string;
  readonly bytes: Buffer;
  readonly encoding: 'json' | 'protobuf';
}

/** A piece that is none: its source goes on behind it. */
export interface BadPiece {
  readonly place: string;
  readonly problem: string;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const LENGTH_BYTES = 4;
/** So far a line of JSON is looked for behind lines of something else: room for what a shell or a tool says before its output. */
const SEARCHED_BYTES = 64 * 1024;
/** What the collector takes as one request. */
const MAX_PIECE_BYTES = 20 * 1024 * 1024;
/** A document over several lines is read as a whole; a longer one is taken for lines. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;
const OBJECT_START = 0x7b;
const LIST_START = 0x5b;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The pieces of a source: lines where the first one is JSON by itself, else one document where all of it is, else lines; messages with four bytes of length
 * before each, as the OpenTelemetry Collector's file exporter writes protobuf, where it begins as no JSON does, unless that cannot be a length and one of its next
 * lines is JSON: then it is of lines too. Throws what the source throws, behind the pieces that are whole before.
 */
export async function* readPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Piece | BadPiece> {
  let failure: { readonly error: unknown } | undefined;
  const readable = async function* (): AsyncGenerator<Buffer> {
    try {
      yield* source;
    } catch (error) {
      failure = { error };
    }
  };
  yield* piecesOf(readable(), () => failure !== undefined);
  if (failure !== undefined) throw failure.error;
}

/** `isCut`: whether the source has ended before its end. */
async function* piecesOf(source: AsyncIterable<Buffer>, isCut: () => boolean): AsyncGenerator<Piece | BadPiece> {
  const chunks = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  const more = async (): Promise<boolean> => {
    const next = await chunks.next();
    if (next.done) return false;
    head = Buffer.concat([head, next.value]);
    return true;
  };
  while (firstByte(head) === undefined && (await more()));
  const first = firstByte(head);
  if (first === undefined) return;
  const rest = async function* (): AsyncGenerator<Buffer> {
    yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  };
  if (first !== OBJECT_START && first !== LIST_START) {
    while (head.length < LENGTH_BYTES && (await more()));
    const isMessage = head.length >= LENGTH_BYTES && head.readUInt32BE(0) <= MAX_PIECE_BYTES;
    while (!isMessage && head.length < SEARCHED_BYTES && (await more()));
    yield* !isMessage && hasJsonLine(head) ? linesOf(rest(), isCut) : messagesOf(rest(), isCut);
    return;
  }
  if (head.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) head = head.subarray(BYTE_ORDER_MARK.length);
  while (head.indexOf(LINE_FEED) === -1 && head.length < MAX_PIECE_BYTES && (await more()));
  const end = head.indexOf(LINE_FEED);
  if (!isJson(end === -1 ? head : head.subarray(0, end))) {
    while (head.length < MAX_DOCUMENT_BYTES && (await more()));
    if (head.length < MAX_DOCUMENT_BYTES && isJson(head)) {
      yield { place: 'document', bytes: head, encoding: 'json' };
      return;
    }
  }
  yield* linesOf(rest(), isCut);
}

async function* linesOf(chunks: AsyncIterable<Buffer>, isCut: () => boolean): AsyncGenerator<Piece | BadPiece> {
  let parts: Buffer[] = [];
  let length = 0;
  let number = 0;
  const take = (): Piece | BadPiece | undefined => {
    number += 1;
    const place = `line ${number}`;
    const isTooLong = length > MAX_PIECE_BYTES;
    const line = isTooLong ? Buffer.alloc(0) : Buffer.concat(parts);
    parts = [];
    length = 0;
    if (isTooLong) return { place, problem: `longer than ${MAX_PIECE_BYTES} bytes` };
    const bytes = line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
    return bytes.length === 0 ? undefined : { place, bytes, encoding: 'json' };
  };
  const add = (part: Buffer): void => {
    length += part.length;
    // Of a line that is too long nothing is kept.
    if (length > MAX_PIECE_BYTES) parts = [];
    else parts.push(part);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      const line = take();
      if (line) yield line;
    }
    if (from < chunk.length) add(chunk.subarray(from));
  }
  const last = length > 0 ? take() : undefined;
  // Of a source that was cut it may be a part of a line.
  if (last && !(isCut() && ('problem' in last || !isJson(last.bytes)))) yield last;
}

async function* messagesOf(chunks: AsyncIterable<Buffer>, isCut: () => boolean): AsyncGenerator<Piece | BadPiece> {
  let held: Buffer = Buffer.alloc(0);
  let number = 1;
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= LENGTH_BYTES) {
      const length = held.readUInt32BE(0);
      if (length > MAX_PIECE_BYTES) {
        yield { place: `message ${number}`, problem: `no JSON, and no message with its length before it: it would have ${length} bytes` };
        return;
      }
      if (held.length < LENGTH_BYTES + length) break;
      yield { place: `message ${number}`, bytes: held.subarray(LENGTH_BYTES, LENGTH_BYTES + length), encoding: 'protobuf' };
      number += 1;
      held = held.subarray(LENGTH_BYTES + length);
    }
  }
  if (held.length > 0 && !isCut()) yield { place: `message ${number}`, problem: 'cut off' };
}

function firstByte(bytes: Buffer): number | undefined {
  const from = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  // Blanks before JSON; a length begins with a zero byte unless its message is enormous.
  return bytes.subarray(from).find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== LINE_FEED && byte !== CARRIAGE_RETURN);
}

/** Whether a line behind the first one is an object of JSON, as all lines are that can be imported. */
function hasJsonLine(bytes: Buffer): boolean {
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; ) {
    const start = end + 1;
    end = bytes.indexOf(LINE_FEED, start);
    if (bytes[start] === OBJECT_START && isJson(bytes.subarray(start, end === -1 ? bytes.length : end))) return true;
  }
  return false;
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}
