import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { Readable, Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { CliError } from '../command.ts';

/** Something to be imported, packed or not. */
export interface Source {
  /** For messages: below the directory that was given. */
  readonly name: string;
  /** For keys: the same without the ending of a packed file. */
  readonly keyName: string;
  /** Packed; undefined where it is not known. */
  readonly bytes: number | undefined;
  readonly open: () => Readable;
}

const PACKED_ENDING = /\.(?:gz|gzip|zst|zstd)$/i;
const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const MAGIC_BYTES = 4;
/** Packed, which gzip makes a thousandth of at the most. */
const SLICE_BYTES = 16 * 1024;

/** The files that the paths name, those of a directory by name, hidden ones left out; `-` or no path at all is standard input. Throws `CliError`. */
export async function findSources(paths: readonly string[], stdin: Readable): Promise<Source[]> {
  const given = paths.length === 0 ? ['-'] : paths;
  const found = await Promise.all(
    given.map(async (path) => (path === '-' ? [{ name: 'stdin', keyName: 'stdin', bytes: undefined, open: () => stdin }] : filesOf(path))),
  );
  return found.flat();
}

async function filesOf(path: string): Promise<Source[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw new CliError(`${path} cannot be read`, { cause: error });
  });
  if (!found.isDirectory()) return [{ ...fileSource(path, basename(path)), bytes: found.isFile() ? found.size : undefined }];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Promise.all(files.map(async (file) => ({ ...fileSource(file, relative(path, file)), bytes: (await stat(file)).size })));
}

function fileSource(path: string, name: string): Pick<Source, 'name' | 'keyName' | 'open'> {
  return { name, keyName: name.replace(PACKED_ENDING, ''), open: () => createReadStream(path, { highWaterMark: 256 * 1024 }) };
}

/**
 * The bytes of a source, unpacked by what they begin with. `onRead` is told of packed bytes. Throws where they cannot be read or unpacked, behind all that could
 * be before.
 */
export async function* readSource(source: Source, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  const chunks = source.open()[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let isOver = false;
  while (head.length < MAGIC_BYTES && !isOver) {
    const next = await chunks.next();
    isOver = next.done === true;
    if (!isOver) head = Buffer.concat([head, Buffer.from(next.value)]);
  }
  async function* all(): AsyncGenerator<Buffer> {
    onRead(head.length);
    yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      const bytes = Buffer.from(next.value);
      onRead(bytes.length);
      yield bytes;
    }
  }
  const unpack = unpackerOf(head);
  if (!unpack) {
    yield* all();
    return;
  }
  yield* unpacked(all(), unpack);
}

/** A stream that fails drops what nobody has read yet: here everything is taken from it at once, which a slice's size bounds. */
async function* unpacked(source: AsyncIterable<Buffer>, unpack: Transform): AsyncGenerator<Buffer> {
  const ready: Buffer[] = [];
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  unpack.on('data', (bytes: Buffer) => ready.push(bytes));
  unpack.once('error', failed.reject);
  const ended = new Promise<void>((resolve) => unpack.once('end', resolve));
  const write = (bytes: Buffer): Promise<void> =>
    new Promise((resolve, reject) => unpack.write(bytes, (error) => (error ? reject(error) : resolve())));
  try {
    for await (const bytes of source) {
      for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
        await Promise.race([write(bytes.subarray(at, at + SLICE_BYTES)), failed.promise]);
        yield* ready.splice(0);
      }
    }
    unpack.end();
    await Promise.race([ended, failed.promise]);
    yield* ready.splice(0);
  } catch (error) {
    yield* ready.splice(0);
    throw error;
  } finally {
    unpack.destroy();
  }
}

function unpackerOf(head: Buffer): Transform | undefined {
  if (head.subarray(0, GZIP.length).equals(GZIP)) return createGunzip();
  return head.subarray(0, ZSTD.length).equals(ZSTD) ? createZstdDecompress() : undefined;
}
