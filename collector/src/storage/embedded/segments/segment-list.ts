import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { syncDirectory } from '../../../files/sync-directory.ts';
import type { Segment } from './segment.ts';
import { DRAFT_SUFFIX, type SegmentName, segmentFileName } from './segment-index.ts';

/** What is known of a segment without its file. */
export interface ListedSegment extends SegmentName {
  readonly rows: number;
  /** When its first and last rows were written, Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Least and greatest time of its records, Unix nanoseconds, decimal. */
  readonly least: string;
  readonly greatest: string;
}

/** The first line of a list. */
interface ListStart {
  /** The file's own number in its file system. */
  readonly inode: string;
  /** The greatest number that a segment had. */
  readonly newest: number;
  readonly segments: readonly ListedSegment[];
}

/** Each other line. */
interface ListChange {
  readonly added: readonly ListedSegment[];
  readonly dropped: readonly SegmentName[];
}

/** Behind so many bytes of changes the list is written anew. */
const MAX_CHANGED_BYTES = 1024 * 1024;
/** Eight digits of CRC-32 and a space. */
const CHECKSUM_CHARACTERS = 9;

/**
 * Which segments there should be, so that one whose file was removed is missed. What the segments themselves say goes before it: one that is there and not
 * listed is read all the same. Lines of a CRC-32 and JSON:
 *
 *     3e1c85ab {"inode":"131","newest":7,"segments":[{"table":"logs","id":7,"rows":300, … }]}
 *     90af11d2 {"added":[{"table":"spans","id":8, … }],"dropped":[]}
 *     …
 *
 * A list begins anew, and nothing is missed, where it cannot be believed: when it is not what was written, when it came with a copy of the directory, which may
 * have been made while files came and went, and when there is a segment that it should know and does not, as after a power cut or an older program.
 */
export class SegmentList {
  readonly #path: string;
  readonly #segments: Map<string, ListedSegment>;
  #newest: number;
  /** Undefined where it could not be written: then it is written anew with the next change. */
  #file: FileHandle | undefined;
  #changedBytes = 0;
  #last: Promise<void> = Promise.resolve();

  private constructor(path: string, { newest, segments }: Omit<ListStart, 'inode'>) {
    this.#path = path;
    this.#newest = newest;
    this.#segments = new Map(segments.map((segment) => [segmentFileName(segment), segment]));
  }

  /** Reads what was listed; `there` are the segments that have files. Whoever uses it holds the data directory's lock. */
  static async open(path: string, there: readonly SegmentName[]): Promise<SegmentList> {
    const listed = await readList(path);
    const newest = there.reduce((greatest, { id }) => Math.max(greatest, id), 0);
    return new SegmentList(path, listed && newest <= listed.newest ? listed : { newest, segments: [] });
  }

  /** The greatest number that a segment has or had, as far as is known. */
  get newest(): number {
    return this.#newest;
  }

  get segments(): readonly ListedSegment[] {
    return [...this.#segments.values()];
  }

  /** Undefined when it is not listed. */
  find(name: SegmentName): ListedSegment | undefined {
    return this.#segments.get(segmentFileName(name));
  }

  /**
   * Resolves once it is written, durably where something was dropped: only then may its file be deleted, or it would be missed. Never rejects: a list that
   * cannot be written, as on a full disk, holds up nobody who makes room.
   */
  change(added: readonly ListedSegment[], dropped: readonly SegmentName[]): Promise<void> {
    for (const segment of added) {
      this.#newest = Math.max(this.#newest, segment.id);
      this.#segments.set(segmentFileName(segment), segment);
    }
    for (const name of dropped) this.#segments.delete(segmentFileName(name));
    this.#last = this.#last.then(() => this.#write({ added, dropped }));
    return this.#last;
  }

  /** Waits for the changes under way. */
  async close(): Promise<void> {
    await this.#last;
    await this.#giveUp();
  }

  async #write(change: ListChange): Promise<void> {
    try {
      if (!this.#file || this.#changedBytes > MAX_CHANGED_BYTES) {
        await this.#begin();
        return;
      }
      const line = lineOf({ added: change.added, dropped: change.dropped.map(({ table, id }) => ({ table, id })) });
      await this.#file.appendFile(line);
      this.#changedBytes += line.length;
      if (change.dropped.length > 0) await this.#file.datasync();
    } catch {
      await this.#giveUp();
    }
  }

  async #begin(): Promise<void> {
    await this.#giveUp();
    const draft = this.#path + DRAFT_SUFFIX;
    const file = await open(draft, 'w');
    this.#file = file;
    const { ino } = await file.stat({ bigint: true });
    await file.appendFile(lineOf({ inode: String(ino), newest: this.#newest, segments: this.segments }));
    await file.datasync();
    await rename(draft, this.#path);
    await syncDirectory(dirname(this.#path));
    this.#changedBytes = 0;
  }

  async #giveUp(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }
}

/** What stands in the list of a segment. */
export function listedSegment({ table, id, index, groups }: Segment): ListedSegment {
  const { rows, from, to } = index;
  let [{ least, greatest } = { least: 0n, greatest: 0n }] = groups;
  for (const group of groups) {
    if (group.least < least) least = group.least;
    if (group.greatest > greatest) greatest = group.greatest;
  }
  return { table, id, rows, from, to, least: String(least), greatest: String(greatest) };
}

/** Undefined where there is none that can be believed. A last line that was cut off is left out: of what it drops the files are still there. */
async function readList(path: string): Promise<Omit<ListStart, 'inode'> | undefined> {
  const file = await open(path).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { ino } = await file.stat({ bigint: true });
    const [first = '', ...others] = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
    const start = parseLine<ListStart>(first);
    const changes = others.map((line) => parseLine<ListChange>(line));
    if (start?.inode !== String(ino)) return undefined;
    let { newest } = start;
    const segments = new Map(start.segments.map((segment) => [segmentFileName(segment), segment]));
    for (const change of changes) {
      if (!change) return undefined;
      for (const segment of change.added) {
        newest = Math.max(newest, segment.id);
        segments.set(segmentFileName(segment), segment);
      }
      for (const name of change.dropped) segments.delete(segmentFileName(name));
    }
    return { newest, segments: [...segments.values()] };
  } finally {
    await file.close();
  }
}

function lineOf(value: ListStart | ListChange): string {
  const json = JSON.stringify(value);
  return `${checksumOf(json)} ${json}\n`;
}

/** Undefined for one that is not what was written. */
function parseLine<T>(line: string): T | undefined {
  const json = line.slice(CHECKSUM_CHARACTERS);
  return line.startsWith(`${checksumOf(json)} `) ? JSON.parse(json) : undefined;
}

function checksumOf(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}
