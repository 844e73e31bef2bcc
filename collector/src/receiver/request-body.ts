import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { ThreadlineError } from '../errors.ts';
import { freeBytes } from '../free-bytes.ts';
import type { Ticket } from './admission.ts';

type Unpack = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const inflate: Unpack = promisify(zlib.inflate);
const inflateRaw: Unpack = promisify(zlib.inflateRaw);

/** In one shot: half the cost of a stream, and `maxOutputLength` stops a bomb at the limit. */
const UNPACKERS: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ['gzip', promisify(zlib.gunzip)],
  ['x-gzip', promisify(zlib.gunzip)],
  // HTTP's deflate is zlib's format; some senders leave zlib's header out.
  ['deflate', (bytes, options) => (hasZlibHeader(bytes) ? inflate(bytes, options) : inflateRaw(bytes, options))],
  ['zstd', promisify(zlib.zstdDecompress)],
]);

/** For the answer to an encoding that is not known. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, zstd';

export interface BodyLimits {
  /** Holds as many bytes as the body has at the time. */
  readonly ticket: Ticket;
  readonly maxBodyBytes: number;
}

/** The sender went away before its body was all here: there is nobody to answer. */
export class SenderGoneError extends Error {
  constructor() {
    super('the sender closed the connection before its request was complete');
    this.name = 'SenderGoneError';
  }
}

/** The unpacker of a `content-encoding`; undefined for none or `identity`. Throws `unsupported_media_type` for one that is not known. */
export function unpackerOf(contentEncoding: string | undefined): Unpack | undefined {
  const encoding = contentEncoding?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return undefined;
  const unpack = UNPACKERS.get(encoding);
  if (!unpack) throw new ThreadlineError('unsupported_media_type', `content-encoding must be one of ${ACCEPTED_ENCODINGS}`);
  return unpack;
}

/**
 * Reads the request's body, unpacked. Throws `body_too_large` as soon as it is, `malformed_body` for what cannot be unpacked,
 * `overloaded` when there is no room for it, `SenderGoneError` when the connection ends. After an error the rest of the body
 * is left to the server to discard, so that the sender can read the answer.
 */
export async function readBody(request: IncomingMessage, unpack: Unpack | undefined, limits: BodyLimits): Promise<Buffer> {
  const bytes = await collect(request, limits);
  // Nothing, however it is packed, is nothing.
  if (!unpack || bytes.length === 0) return bytes;
  const body = await unpackWithin(bytes, unpack, limits.maxBodyBytes);
  freeBytes(bytes);
  limits.ticket.resize(body.length);
  return body;
}

async function collect(request: IncomingMessage, { ticket, maxBodyBytes }: BodyLimits): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? '0');
  if (announced > maxBodyBytes) throw tooLarge(maxBodyBytes);
  ticket.resize(announced);
  const chunks: Buffer[] = [];
  let length = 0;
  await new Promise<void>((resolve, reject) => {
    const stop = (error: unknown): void => {
      request.off('data', take);
      reject(error);
    };
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxBodyBytes) {
        stop(tooLarge(maxBodyBytes));
        return;
      }
      try {
        if (length > announced) ticket.resize(length);
      } catch (error) {
        stop(error);
      }
    };
    request.on('data', take);
    request.once('end', () => resolve());
    request.once('error', () => stop(new SenderGoneError()));
    request.once('close', () => stop(new SenderGoneError()));
  });
  const [only] = chunks;
  if (chunks.length === 1 && only) return only;
  const body = Buffer.concat(chunks, length);
  for (const chunk of chunks) freeBytes(chunk);
  return body;
}

async function unpackWithin(bytes: Buffer, unpack: Unpack, maxBodyBytes: number): Promise<Buffer> {
  try {
    return await unpack(bytes, { maxOutputLength: maxBodyBytes });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBodyBytes);
    throw new ThreadlineError('malformed_body', 'the body is not in the encoding that content-encoding names', { cause });
  }
}

/** RFC 1950: compression method 8, and both header bytes together a multiple of 31. */
function hasZlibHeader(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

function tooLarge(maxBodyBytes: number): ThreadlineError {
  return new ThreadlineError('body_too_large', `the body is over ${maxBodyBytes} bytes after decompression; send smaller batches`);
}
