import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileName } from './log-files.ts';
import { digestOf, FRAME_HEADER_BYTES, findFrame, type LogEntry, MAX_DIGEST_END, parseFrameHeader, parsePayload } from './log-format.ts';
import type { LogPlace } from './log-place.ts';

/** Read at once: many small frames for one system call. */
const READ_AHEAD_BYTES = 1024 * 1024;

/** Bytes of a file that are no frame. */
export interface Damage {
  readonly file: number;
  readonly offset: number;
  readonly bytes: Buffer;
  /** `torn`: a write that a crash cut off, at the end of a file; nothing of it was acknowledged. `corrupt`: bytes that changed since. */
  readonly kind: 'torn' | 'corrupt';
}

export type FileRead =
  | { readonly type: 'frame'; readonly entry: LogEntry; readonly end: number }
  | { readonly type: 'damage'; readonly damage: Damage; readonly end: number }
  | { readonly type: 'end' };

/** Reads frames of log files, one file open at a time. Nothing is cached beyond the piece read last. */
export class LogReader {
  readonly #directory: string;
  #open: { readonly file: number; readonly handle: FileHandle } | undefined;
  #piece = { file: 0, start: 0, bytes: Buffer.alloc(0) };

  readonly #readAheadBytes: number;

  constructor(directory: string, readAheadBytes = READ_AHEAD_BYTES) {
    this.#directory = directory;
    this.#readAheadBytes = readAheadBytes;
  }

  /**
   * What stands at a place; `fileEnd` is how many bytes of the file may be read, all of them durable. A damaged place answers with its bytes and
   * with where reading goes on: at the next whole frame, or at the file's end.
   */
  async read({ file, offset }: LogPlace, fileEnd: number): Promise<FileRead> {
    if (offset >= fileEnd) return { type: 'end' };
    const left = fileEnd - offset;
    const head = await this.#bytes(file, offset, Math.min(FRAME_HEADER_BYTES, left), fileEnd);
    // The file is shorter than it was said to be.
    if (head.length < Math.min(FRAME_HEADER_BYTES, left)) return { type: 'end' };
    const header = parseFrameHeader(head, 0);
    const frameEnd = header && offset + FRAME_HEADER_BYTES + header.payloadBytes;
    // A length that can be believed, beyond what is there: the write was cut off.
    if (frameEnd !== undefined && frameEnd > fileEnd) return this.#damage({ file, offset }, fileEnd, fileEnd, 'torn');
    if (header === undefined || frameEnd === undefined) {
      const next = await this.#nextFrame(file, offset + 1, fileEnd);
      return this.#damage({ file, offset }, next ?? fileEnd, fileEnd, left < FRAME_HEADER_BYTES ? 'torn' : 'corrupt');
    }
    const payload = await this.#bytes(file, offset + FRAME_HEADER_BYTES, header.payloadBytes, fileEnd);
    const entry = parsePayload(payload, header.checksum);
    return entry ? { type: 'frame', entry, end: frameEnd } : this.#damage({ file, offset }, frameEnd, fileEnd, 'corrupt');
  }

  /** The digest of the frame at a place, if it has one, and where the next frame stands; undefined at the end. Reads no body where nothing is damaged. */
  async readDigest(
    place: LogPlace,
    fileEnd: number,
  ): Promise<{ readonly digest: Uint8Array | undefined; readonly end: number } | undefined> {
    const left = fileEnd - place.offset;
    const start = await this.#bytes(place.file, place.offset, Math.min(FRAME_HEADER_BYTES + MAX_DIGEST_END, Math.max(left, 0)), fileEnd);
    const header = parseFrameHeader(start, 0);
    const end = header && place.offset + FRAME_HEADER_BYTES + header.payloadBytes;
    if (end !== undefined && end <= fileEnd) return { digest: digestOf(start.subarray(FRAME_HEADER_BYTES)), end };
    const read = await this.read(place, fileEnd);
    if (read.type === 'end') return undefined;
    return { digest: read.type === 'frame' ? read.entry.digest : undefined, end: read.end };
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.handle.close();
  }

  async #damage({ file, offset }: LogPlace, end: number, fileEnd: number, kind: Damage['kind']): Promise<FileRead> {
    const bytes = await this.#bytes(file, offset, end - offset, fileEnd);
    // Blocks that a file system had given out and not yet written when the power went.
    const isEmpty = end === fileEnd && bytes.every((byte) => byte === 0);
    return { type: 'damage', damage: { file, offset, bytes, kind: isEmpty ? 'torn' : kind }, end };
  }

  /** The next place with a whole frame; bytes that only look like a frame's first are passed over. */
  async #nextFrame(file: number, from: number, fileEnd: number): Promise<number | undefined> {
    const bytes = await this.#bytes(file, from, fileEnd - from, fileEnd);
    for (let at = findFrame(bytes, 0); at !== -1; at = findFrame(bytes, at + 1)) {
      const header = parseFrameHeader(bytes, at);
      if (!header || at + FRAME_HEADER_BYTES + header.payloadBytes > bytes.length) continue;
      const payload = bytes.subarray(at + FRAME_HEADER_BYTES, at + FRAME_HEADER_BYTES + header.payloadBytes);
      if (parsePayload(payload, header.checksum)) return from + at;
    }
    return undefined;
  }

  /** As many bytes as asked for, fewer only where the file is shorter. Never reads beyond `fileEnd`: there a write may be under way. */
  async #bytes(file: number, start: number, length: number, fileEnd: number): Promise<Buffer> {
    const piece = this.#piece;
    const from = start - piece.start;
    if (piece.file === file && from >= 0 && from + length <= piece.bytes.length) return piece.bytes.subarray(from, from + length);
    const handle = await this.#handle(file);
    const bytes = Buffer.allocUnsafe(Math.max(length, Math.min(this.#readAheadBytes, fileEnd - start)));
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.#piece = { file, start, bytes: bytes.subarray(0, filled) };
    return bytes.subarray(0, Math.min(length, filled));
  }

  async #handle(file: number): Promise<FileHandle> {
    if (this.#open?.file === file) return this.#open.handle;
    await this.close();
    const handle = await open(join(this.#directory, fileName(file)), 'r');
    this.#open = { file, handle };
    return handle;
  }
}
