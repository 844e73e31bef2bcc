import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, truncate } from 'node:fs/promises';

/** What stands between a line's head and its record; in the head itself these quotes would be escaped. */
const BEFORE_RECORD = ',"record":';
const LINE_FEED = 0x0a;
/** Of one head: far above any that is written. */
const MAX_HEAD_BYTES = 16 * 1024;

/** A record that the storage refused for good, without the record. */
export interface DeadLetter {
  /** 1 for the first one of this log, then each the next. */
  readonly number: number;
  /** When it was refused, Unix nanoseconds. */
  readonly atUnixNano: string;
  readonly tenant: string;
  readonly signal: 'logs' | 'traces';
  readonly recordId: string;
  /** Empty where the record names none. */
  readonly service: string;
  readonly reason: string;
}

interface Line {
  readonly number: number;
  readonly start: number;
}

/** Lines of `{ <head>, "record": <record> }`, oldest first. In memory is only where each begins. */
export class DeadLetterFile {
  #path: string;
  readonly #lines: Line[] = [];
  #bytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads every head. A line that a crash cut off is cut away; one that is none of ours is passed over. */
  static async open(path: string, onLetter: (letter: DeadLetter) => void): Promise<DeadLetterFile> {
    const file = new DeadLetterFile(path);
    try {
      for await (const line of linesOf(path)) {
        if (line.at(-1) !== LINE_FEED) {
          await truncate(path, file.#bytes);
          break;
        }
        const letter = parseHead(line);
        if (letter) {
          file.#lines.push({ number: letter.number, start: file.#bytes });
          onLetter(letter);
        }
        file.#bytes += line.length;
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
    return file;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#lines.length;
  }

  /** Resolves when the line is on disk; after an error it may be tried again. */
  async append(letter: DeadLetter, record: object): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(letter).slice(0, -1)}${BEFORE_RECORD}${JSON.stringify(record)}}\n`);
    const file = await open(this.#path, 'a', 0o600);
    try {
      // What a failed attempt left.
      await file.truncate(this.#bytes);
      await file.writeFile(line);
      await file.datasync();
    } finally {
      await file.close();
    }
    this.#lines.push({ number: letter.number, start: this.#bytes });
    this.#bytes += line.length;
  }

  async moveTo(path: string): Promise<void> {
    await rename(this.#path, path);
    this.#path = path;
  }

  /** The newest of those numbered below `before`, newest first. Reads only what it answers. */
  async heads({ before, limit }: { readonly before: number; readonly limit: number }): Promise<DeadLetter[]> {
    const end = this.#lines.findLastIndex(({ number }) => number < before) + 1;
    const wanted = this.#lines.slice(Math.max(0, end - limit), end);
    if (wanted.length === 0) return [];
    const file = await open(this.#path, 'r');
    try {
      const heads: DeadLetter[] = [];
      for (const { start } of wanted.toReversed()) heads.push(...(await readHead(file, start)));
      return heads;
    } finally {
      await file.close();
    }
  }
}

/** Each with its line feed; the last one may have none. */
async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  for await (const chunk of createReadStream(path)) {
    let rest: Buffer = chunk;
    for (let end = rest.indexOf(LINE_FEED); end !== -1; end = rest.indexOf(LINE_FEED)) {
      yield Buffer.concat([...pieces, rest.subarray(0, end + 1)]);
      pieces = [];
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) pieces.push(rest);
  }
  if (pieces.length > 0) yield Buffer.concat(pieces);
}

async function readHead(file: FileHandle, start: number): Promise<DeadLetter[]> {
  const bytes = Buffer.alloc(MAX_HEAD_BYTES);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
  const letter = parseHead(bytes.subarray(0, bytesRead));
  return letter ? [letter] : [];
}

function parseHead(line: Buffer): DeadLetter | undefined {
  const end = line.subarray(0, MAX_HEAD_BYTES).indexOf(BEFORE_RECORD);
  if (end === -1) return undefined;
  try {
    const letter: DeadLetter = JSON.parse(`${line.toString('utf8', 0, end)}}`);
    return letter;
  } catch {
    return undefined;
  }
}
