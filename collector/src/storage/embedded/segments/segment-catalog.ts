import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../../files/error-code.ts';
import { syncDirectory } from '../../../files/sync-directory.ts';
import { OpenSegments } from './open-segments.ts';
import { DamagedSegmentError, type Segment } from './segment.ts';
import { DRAFT_SUFFIX, type SegmentName, segmentFileName, segmentNameOf } from './segment-index.ts';
import { type ListedSegment, listedSegment, SegmentList } from './segment-list.ts';

/** A segment as those see it who decide what becomes of it. */
export interface CatalogEntry extends SegmentName {
  readonly bytes: number;
  readonly rows: number;
  /** When its first and last rows were written, Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Told of each change; resolves once nothing of it reads those that are dropped. */
export type CatalogListener = (added: readonly SegmentName[], dropped: readonly SegmentName[]) => Promise<void>;

export interface CatalogOptions {
  readonly directory: string;
  /** The file that says which segments there should be. */
  readonly listFile: string;
  /** Where segments go that cannot be read at all. */
  readonly setAsideDirectory: string;
  /** What was written before, Unix milliseconds, is not missed: retention would have given it up. Absent: everything is. */
  readonly keptFrom?: number;
  readonly onDamage: (error: DamagedSegmentError) => void;
}

/** All segments of the storage, and the one place that adds and drops them. */
export class SegmentCatalog {
  /** For the owner's own reads, of ids. */
  readonly open: OpenSegments;
  readonly #directory: string;
  readonly #setAsideDirectory: string;
  readonly #listeners: CatalogListener[] = [];
  readonly #deletions = new Set<Promise<void>>();
  readonly #list: SegmentList;
  readonly #onDamage: CatalogOptions['onDamage'];
  #entries: readonly CatalogEntry[] = [];
  /** Those that are listed and have no file. They stay listed, to be missed at the next start too. */
  #missing: readonly ListedSegment[] = [];
  #nextId: number;

  private constructor({ directory, setAsideDirectory, onDamage }: CatalogOptions, list: SegmentList) {
    this.#directory = directory;
    this.#setAsideDirectory = setAsideDirectory;
    this.#onDamage = onDamage;
    this.#list = list;
    this.#nextId = list.newest + 1;
    this.open = new OpenSegments(directory, onDamage);
  }

  /** Reads what there is, tells what is missing, and removes what an end of the process left half done. */
  static async load(options: CatalogOptions): Promise<SegmentCatalog> {
    await mkdir(options.directory, { recursive: true });
    const files = await readdir(options.directory);
    for (const file of files) if (file.endsWith(DRAFT_SUFFIX)) await rm(join(options.directory, file), { force: true });
    const names = files.flatMap((file) => segmentNameOf(file) ?? []);
    const catalog = new SegmentCatalog(options, await SegmentList.open(options.listFile, names));
    catalog.open.change(names, []);
    const segments: Segment[] = [];
    for (const name of names) {
      const segment = catalog.open.segment(name);
      if (segment) segments.push(segment);
      else await catalog.#setAside(name);
    }
    await catalog.#take(segments, names, options.keptFrom ?? Number.NEGATIVE_INFINITY);
    return catalog;
  }

  get entries(): readonly CatalogEntry[] {
    return this.#entries;
  }

  /** A number that no segment has or had. */
  takeId(): number {
    return this.#nextId++;
  }

  listen(listener: CatalogListener): void {
    this.#listeners.push(listener);
  }

  /** Takes a segment up that was written, in place of others. A read that starts now sees it. Those are deleted once nobody reads them. */
  add(name: SegmentName, replaced: readonly SegmentName[] = []): void {
    const isReplaced = new Set(replaced.map(segmentFileName));
    this.open.change([name], replaced);
    const segment = this.open.segment(name);
    this.#entries = [...this.#entries.filter((entry) => !isReplaced.has(segmentFileName(entry))), ...(segment ? [entryOf(segment)] : [])];
    const listed = this.#list.change(segment ? [listedSegment(segment)] : [], replaced);
    this.#tell([name], replaced, listed);
  }

  /** Gives up segments with all that is in them; they are deleted once nobody reads them. */
  drop(names: readonly SegmentName[]): void {
    this.#leaveOut(names);
    this.#tell([], names, this.#list.change([], names));
  }

  /** Leaves segments out whose files are gone, and tells what was in them: with them in, an answer would depend on who still has them open. */
  lose(names: readonly SegmentName[]): void {
    this.#leaveOut(names);
    const listed = names.flatMap((name) => this.#list.find(name) ?? []);
    // Each thread finds it for itself.
    this.#missing = [...new Set([...this.#missing, ...listed])];
    for (const listener of this.#listeners) void listener([], names);
    for (const name of names) this.#tellMissing(name);
  }

  /** Looks whether the files of all segments are there, and loses those that are not. Throws Node's own error where the directory cannot be read. */
  async check(): Promise<void> {
    const before = this.#entries;
    const files = new Set(await readdir(this.#directory));
    const unseen = before.filter((entry) => !files.has(segmentFileName(entry)));
    const gone = new Set<CatalogEntry>();
    // Where files come and go meanwhile, not each file system lists all others.
    for (const entry of unseen) if (!(await isThere(join(this.#directory, segmentFileName(entry))))) gone.add(entry);
    const lost = this.#entries.filter((entry) => gone.has(entry));
    if (lost.length > 0) this.lose(lost);
  }

  /** What is missing and was written before a time, Unix milliseconds, is missed no more. */
  forgetMissing(before: number): void {
    const forgotten = this.#missing.filter(({ to }) => to < before);
    if (forgotten.length === 0) return;
    this.#missing = this.#missing.filter(({ to }) => to >= before);
    void this.#list.change([], forgotten);
  }

  /** Deletes one that was written and is not wanted after all. */
  discard(name: SegmentName): void {
    this.#tell([], [name]);
  }

  /** Resolves when all that was given up is deleted. Nobody may read any more. */
  async close(): Promise<void> {
    this.open.close();
    await Promise.all(this.#deletions);
    await this.#list.close();
  }

  #leaveOut(names: readonly SegmentName[]): void {
    const dropped = new Set(names.map(segmentFileName));
    this.open.change([], names);
    this.#entries = this.#entries.filter((entry) => !dropped.has(segmentFileName(entry)));
  }

  #tellMissing(name: SegmentName): void {
    const listed = this.#list.find(name);
    const loss = listed
      ? `, and with it ${listed.rows} ${listed.rows === 1 ? 'record' : 'records'} from ${isoTime(listed.least)} to ${isoTime(listed.greatest)}`
      : '';
    this.#onDamage(new DamagedSegmentError(name, undefined, `it is gone${loss}`));
  }

  /** `listed`: resolves once the list has no more of those that are dropped. */
  #tell(added: readonly SegmentName[], dropped: readonly SegmentName[], listed?: Promise<void>): void {
    const told = Promise.all([listed, ...this.#listeners.map((listener) => listener(added, dropped))]);
    if (dropped.length === 0) return;
    const deletion = told.then(() => this.#delete(dropped)).finally(() => this.#deletions.delete(deletion));
    this.#deletions.add(deletion);
  }

  /** One that cannot be deleted now is found again at the next start. */
  async #delete(names: readonly SegmentName[]): Promise<void> {
    for (const name of names) await rm(join(this.#directory, segmentFileName(name)), { force: true }).catch(() => undefined);
  }

  /**
   * What stands in another segment too is a leftover of a merge whose last step was cut off. What is listed and has no file is missing; the list goes on as of what
   * there is and what is missing.
   */
  async #take(segments: readonly Segment[], files: readonly SegmentName[], keptFrom: number): Promise<void> {
    const replaced = new Set(segments.flatMap(({ table, index }) => index.replaces.map((id) => segmentFileName({ table, id }))));
    const leftovers = segments.filter((segment) => replaced.has(segmentFileName(segment)));
    this.open.change([], leftovers);
    for (const { path } of leftovers) await rm(path, { force: true });
    const left = segments.filter((segment) => !replaced.has(segmentFileName(segment)));
    this.#entries = left.map(entryOf);
    const known = new Set([...files.map(segmentFileName), ...replaced]);
    this.#missing = this.#list.segments.filter((listed) => !known.has(segmentFileName(listed)) && listed.to >= keptFrom);
    const kept = new Set([...left, ...this.#missing].map(segmentFileName));
    const over = this.#list.segments.filter((listed) => !kept.has(segmentFileName(listed)));
    await this.#list.change(left.map(listedSegment), over);
    for (const missing of this.#missing) this.#tellMissing(missing);
  }

  async #setAside(name: SegmentName): Promise<void> {
    const file = segmentFileName(name);
    this.open.change([], [name]);
    await mkdir(this.#setAsideDirectory, { recursive: true });
    await rename(join(this.#directory, file), join(this.#setAsideDirectory, file));
    await syncDirectory(this.#setAsideDirectory);
  }
}

function entryOf({ table, id, bytes, index }: Segment): CatalogEntry {
  return { table, id, bytes, rows: index.rows, from: index.from, to: index.to };
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (error: unknown) => codeOf(error) !== 'ENOENT',
  );
}

/** Of Unix nanoseconds; as they are where no calendar has them. */
function isoTime(unixNano: string): string {
  const date = new Date(Number(BigInt(unixNano) / 1_000_000n));
  return Number.isNaN(date.getTime()) ? unixNano : date.toISOString();
}
