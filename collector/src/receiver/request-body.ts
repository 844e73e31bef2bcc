import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { ThreadlineError } from '../errors.ts';
import { freeBytes } from '../free-bytes.ts';
import type { Ticket } from './admission.ts';
import { BodyBytes } from './body-bytes.ts';

export type Unpack = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

/** Frames of one zstd body: compressors that work in parallel make one of some megabytes at most, and each costs a call. */
const MAX_ZSTD_FRAMES = 1_000;

/** In one shot: half the cost of a stream, and `maxOutputLength` stops a bomb at the limit. */
const UNPACKERS: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ['gzip', promisify(zlib.gunzip)],
  ['x-gzip', promisify(zlib.gunzip)],
  // HTTP's deflate is zlib's format; some senders leave zlib's header out.
  ['deflate', inflate],
  ['zstd', unpackZstd],
]);

/** For the answer to an encoding that is not known. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, zstd';

export interface BodyLimits {
  /** Holds as many bytes as the body has at the time. */
  readonly ticket: Ticket;
  readonly maxBodyBytes: number;
  /** What stands before the body and is none of it; absent: nothing. */
  readonly prefixBytes?: number;
  /** How long it may take to come; without it that is the server's to limit. */
  readonly withinMillis?: number;
}

/** The sender went away before its body was all here: there is nobody to answer. */
export class SenderGoneError extends Error {
  constructor() {
    super('the sender closed the connection before its request was complete');
    this.name = 'SenderGoneError';
  }
}

/** The unpacker of an encoding that a header names; undefined for none or `identity`. Throws `unsupported_media_type` for one that is not known. */
export function unpackerOf(named: string | undefined, header = 'content-encoding'): Unpack | undefined {
  const encoding = named?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return undefined;
  const unpack = UNPACKERS.get(encoding);
  if (!unpack) throw new ThreadlineError('unsupported_media_type', `${header} must be one of ${ACCEPTED_ENCODINGS}`);
  return unpack;
}

/**
 * Reads the request's body, unpacked. Throws `body_too_large` as soon as it is, `malformed_body` for what cannot be unpacked,
 * `overloaded` when there is no room for it, `SenderGoneError` when the connection ends. After an error the rest of the body
 * is left to the server to discard, so that the sender can read the answer.
 */
export async function readBody(request: IncomingMessage, unpack: Unpack | undefined, limits: BodyLimits): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? '0');
  if (announced > limits.maxBodyBytes) throw tooLarge(limits.maxBodyBytes);
  limits.ticket.requireRoom(announced);
  const bytes = await collectBody(request, limits);
  limits.ticket.begin();
  // Nothing, however it is packed, is nothing.
  if (!unpack || bytes.length === 0) return bytes;
  const body = await unpackWithin(bytes, unpack, limits.maxBodyBytes);
  freeBytes(bytes);
  limits.ticket.resize(body.length);
  return body;
}

/** What comes until the end, held by the ticket as it comes. Throws as `readBody`, and `deadline_exceeded` where it takes longer than it may. */
export async function collectBody(source: Readable, { ticket, maxBodyBytes, prefixBytes = 0, withinMillis }: BodyLimits): Promise<Buffer> {
  const body = new BodyBytes();
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const stop = (error: unknown): void => {
        source.off('data', take);
        reject(error);
      };
      const take = (chunk: Buffer): void => {
        body.add(chunk);
        if (body.length > prefixBytes + maxBodyBytes) {
          stop(tooLarge(maxBodyBytes));
          return;
        }
        try {
          ticket.resize(body.length);
        } catch (error) {
          stop(error);
        }
      };
      if (withinMillis !== undefined) timer = setTimeout(() => stop(tooSlow(withinMillis)), withinMillis);
      let isWhole = false;
      // Every source closes: an error for each would cost a request as much as its checksum.
      const end = (): void => {
        if (!isWhole) stop(new SenderGoneError());
      };
      source.on('data', take);
      source.once('end', () => {
        isWhole = true;
        resolve();
      });
      source.once('error', end);
      source.once('close', end);
    });
  } finally {
    clearTimeout(timer);
  }
  return body.take();
}

/** Throws `body_too_large` as soon as it is, `malformed_body` for what is in another encoding. */
export async function unpackWithin(bytes: Buffer, unpack: Unpack, maxBodyBytes: number): Promise<Buffer> {
  try {
    return await unpack(bytes, { maxOutputLength: maxBodyBytes });
  } catch (cause) {
    if (cause instanceof ThreadlineError) throw cause;
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBodyBytes);
    throw new ThreadlineError('malformed_body', 'the body is not in the encoding that its header names', { cause });
  }
}

/** What stands behind the end would be lost without a word. */
async function inflate(bytes: Buffer, { maxOutputLength }: { readonly maxOutputLength: number }): Promise<Buffer> {
  const { unpacked, readBytes } = await unpackOne(hasZlibHeader(bytes) ? zlib.inflate : zlib.inflateRaw, bytes, maxOutputLength);
  if (readBytes < bytes.length) throw new Error(`${bytes.length - readBytes} bytes behind the end`);
  return unpacked;
}

/** RFC 8878: frames one behind the other are their contents one behind the other; Node unpacks the first alone. */
async function unpackZstd(bytes: Buffer, { maxOutputLength }: { readonly maxOutputLength: number }): Promise<Buffer> {
  const parts: Buffer[] = [];
  let left = maxOutputLength;
  for (let at = 0; at < bytes.length; ) {
    if (parts.length >= MAX_ZSTD_FRAMES) throw new Error(`more than ${MAX_ZSTD_FRAMES} frames`);
    // A frame of nothing is still within a limit that is reached.
    const { unpacked, readBytes } = await unpackOne(zlib.zstdDecompress, bytes.subarray(at), Math.max(left, 1));
    if (unpacked.length > left) throw tooLarge(maxOutputLength);
    if (readBytes === 0) throw new Error('a frame of no bytes');
    parts.push(unpacked);
    left -= unpacked.length;
    at += readBytes;
  }
  const [only] = parts;
  return parts.length === 1 && only ? only : Buffer.concat(parts);
}

type UnpackOne = (
  bytes: Buffer,
  options: { readonly maxOutputLength: number; readonly info: true },
  callback: (error: Error | null, result: unknown) => void,
) => void;

/** One stream or frame, and how many of the bytes it is. */
function unpackOne(unpack: UnpackOne, bytes: Buffer, maxOutputLength: number): Promise<{ unpacked: Buffer; readBytes: number }> {
  return new Promise((resolve, reject) => {
    unpack(bytes, { maxOutputLength, info: true }, (error, result) => {
      if (error) reject(error);
      // Node's own form of an answer with `info`, which its types do not have.
      else {
        const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
        resolve({ unpacked: buffer, readBytes: engine.bytesWritten });
      }
    });
  });
}

/** RFC 1950: compression method 8, and both header bytes together a multiple of 31. */
function hasZlibHeader(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

function tooSlow(withinMillis: number): ThreadlineError {
  return new ThreadlineError('deadline_exceeded', `the request did not come within ${withinMillis / 1_000} s; send it again`);
}

function tooLarge(maxBodyBytes: number): ThreadlineError {
  return new ThreadlineError('body_too_large', `the body is over ${maxBodyBytes} bytes after decompression; send smaller batches`);
}
