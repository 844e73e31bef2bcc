import type { TableName } from '../layout.ts';
import { DamagedSegmentError, type RowGroup, Segment } from './segment.ts';
import type { SegmentName } from './segment-index.ts';

/**
 * The segments that one thread reads, each opened when it is first needed. What is damaged is left out: a row group, or all of a segment whose
 * index cannot be read.
 */
export class OpenSegments {
  readonly #directory: string;
  readonly #onDamage: (error: DamagedSegmentError) => void;
  readonly #names = new Map<string, SegmentName>();
  readonly #open = new Map<string, Segment>();
  readonly #damaged = new Set<string>();
  #groups: Partial<Record<TableName, readonly RowGroup[]>> = {};

  /** `onDamage` is told once of each row group or segment. */
  constructor(directory: string, onDamage: (error: DamagedSegmentError) => void) {
    this.#directory = directory;
    this.#onDamage = onDamage;
  }

  change(added: readonly SegmentName[], dropped: readonly SegmentName[]): void {
    for (const name of added) this.#names.set(keyOf(name), name);
    for (const name of dropped) {
      const key = keyOf(name);
      this.#names.delete(key);
      this.#open.get(key)?.close();
      this.#open.delete(key);
    }
    this.#groups = {};
  }

  /** Undefined when it cannot be read. */
  segment(name: SegmentName): Segment | undefined {
    const key = keyOf(name);
    const known = this.#open.get(key);
    if (known || this.#damaged.has(key)) return known;
    try {
      const opened = Segment.open(this.#directory, name, this.#onDamage);
      this.#open.set(key, opened);
      return opened;
    } catch (error) {
      if (!(error instanceof DamagedSegmentError)) throw error;
      this.noteDamage(error);
      return undefined;
    }
  }

  /** In the order of their writing. */
  groups(table: TableName): readonly RowGroup[] {
    const known = this.#groups[table];
    if (known) return known;
    const names = [...this.#names.values()].filter((name) => name.table === table).sort((left, right) => left.id - right.id);
    const groups = names
      .flatMap((name) => this.segment(name)?.groups ?? [])
      .filter((group) => !this.#damaged.has(keyOf(group.segment, group.number)));
    this.#groups[table] = groups;
    return groups;
  }

  /** What the action gives from what can be read: it begins anew where it meets damage. */
  withoutDamaged<T>(action: () => T): T {
    for (;;) {
      try {
        return action();
      } catch (error) {
        if (!(error instanceof DamagedSegmentError)) throw error;
        this.noteDamage(error);
      }
    }
  }

  noteDamage(error: DamagedSegmentError): void {
    const key = keyOf(error.segment, error.group);
    if (this.#damaged.has(key)) return;
    this.#damaged.add(key);
    this.#groups = {};
    this.#onDamage(error);
  }

  close(): void {
    for (const segment of this.#open.values()) segment.close();
    this.#open.clear();
    this.#names.clear();
    this.#groups = {};
  }
}

function keyOf({ table, id }: SegmentName, group?: number): string {
  return group === undefined ? `${table} ${id}` : `${table} ${id} ${group}`;
}
