import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../../../files/sync-directory.ts';
import { OpenSegments } from './open-segments.ts';
import type { DamagedSegmentError, Segment } from './segment.ts';
import { DRAFT_SUFFIX, type SegmentName, segmentFileName, segmentNameOf } from './segment-index.ts';

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
  /** Where segments go that cannot be read at all. */
  readonly setAsideDirectory: string;
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
  #entries: readonly CatalogEntry[] = [];
  #nextId = 1;

  private constructor({ directory, setAsideDirectory, onDamage }: CatalogOptions) {
    this.#directory = directory;
    this.#setAsideDirectory = setAsideDirectory;
    this.open = new OpenSegments(directory, onDamage);
  }

  /** Reads what there is, and removes what an end of the process left half done. */
  static async load(options: CatalogOptions): Promise<SegmentCatalog> {
    const catalog = new SegmentCatalog(options);
    await mkdir(options.directory, { recursive: true });
    const files = await readdir(options.directory);
    for (const file of files) if (file.endsWith(DRAFT_SUFFIX)) await rm(join(options.directory, file), { force: true });
    const names = files.flatMap((file) => segmentNameOf(file) ?? []);
    catalog.#nextId = names.reduce((greatest, { id }) => Math.max(greatest, id), 0) + 1;
    catalog.open.change(names, []);
    const segments: Segment[] = [];
    for (const name of names) {
      const segment = catalog.open.segment(name);
      if (segment) segments.push(segment);
      else await catalog.#setAside(name);
    }
    await catalog.#removeReplaced(segments);
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
    this.#tell([name], replaced);
  }

  /** Gives up segments with all that is in them; they are deleted once nobody reads them. */
  drop(names: readonly SegmentName[]): void {
    const dropped = new Set(names.map(segmentFileName));
    this.open.change([], names);
    this.#entries = this.#entries.filter((entry) => !dropped.has(segmentFileName(entry)));
    this.#tell([], names);
  }

  /** Deletes one that was written and is not wanted after all. */
  discard(name: SegmentName): void {
    this.#tell([], [name]);
  }

  /** Resolves when all that was given up is deleted. Nobody may read any more. */
  async close(): Promise<void> {
    this.open.close();
    await Promise.all(this.#deletions);
  }

  #tell(added: readonly SegmentName[], dropped: readonly SegmentName[]): void {
    const told = Promise.all(this.#listeners.map((listener) => listener(added, dropped)));
    if (dropped.length === 0) return;
    const deletion = told.then(() => this.#delete(dropped)).finally(() => this.#deletions.delete(deletion));
    this.#deletions.add(deletion);
  }

  /** One that cannot be deleted now is found again at the next start. */
  async #delete(names: readonly SegmentName[]): Promise<void> {
    for (const name of names) await rm(join(this.#directory, segmentFileName(name)), { force: true }).catch(() => undefined);
  }

  /** What stands in another segment too is a leftover of a merge whose last step was cut off. */
  async #removeReplaced(segments: readonly Segment[]): Promise<void> {
    const replaced = new Set(segments.flatMap(({ table, index }) => index.replaces.map((id) => segmentFileName({ table, id }))));
    const leftovers = segments.filter((segment) => replaced.has(segmentFileName(segment)));
    this.open.change([], leftovers);
    for (const { path } of leftovers) await rm(path, { force: true });
    this.#entries = segments.filter((segment) => !replaced.has(segmentFileName(segment))).map(entryOf);
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
