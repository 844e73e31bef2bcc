import type { TemplateText } from '../patterns/template-text.ts';
import type { ErrorVersion } from './errors.ts';

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
const ID_BYTES = TRACE_ID_BYTES + SPAN_ID_BYTES;
const FIRST_ROOM = 64;
/** Names of spans that are kept apart in one set; the others are `''`. */
const MAX_OPERATIONS = 2_000;

const IS_SPAN = 1;
const HAS_TRACE = 2;
const HAS_SPAN_ID = 4;

/** A record that says an error. */
export interface ErrorRecord {
  readonly tenant: string;
  readonly service: string;
  readonly version: string;
  /** Where it is from; empty where it does not say. */
  readonly environment: string;
  readonly fingerprint: string;
  readonly type: string;
  readonly template: TemplateText;
  readonly timeNanos: bigint;
  /** Hexadecimal; empty where there is none. */
  readonly traceId: string;
  readonly spanId: string;
  /** The span's name; of a log empty. */
  readonly operation: string;
  readonly isSpan: boolean;
}

/** One error of one service in one environment, over all times. */
export interface SetGroup {
  readonly tenant: string;
  readonly service: string;
  readonly environment: string;
  readonly fingerprint: string;
  type: string;
  template: TemplateText;
  /** By version: its number, the least and the greatest time. */
  readonly versions: Map<number, { first: bigint; last: bigint }>;
}

/** As a file has it, beside the columns. */
export interface StoredErrors {
  readonly groups: readonly {
    readonly tenant: string;
    readonly service: string;
    /** Absent where a version before this has written it. */
    readonly environment?: string;
    readonly fingerprint: string;
    readonly type: string;
    readonly template: TemplateText;
    readonly versions: readonly (readonly [version: number, first: string, last: string])[];
  }[];
  readonly versions: readonly string[];
  readonly operations: readonly string[];
  readonly count: number;
}

/**
 * The records of some segments that say errors: about 42 bytes each, and the groups that they are of. A union of sets is a set, in whatever order
 * they are united.
 */
export class ErrorSet {
  readonly #groups: SetGroup[] = [];
  readonly #groupNumbers = new Map<string, number>();
  readonly #versions = new Names();
  readonly #operations = new Names();
  #count = 0;
  #times = new BigInt64Array(FIRST_ROOM);
  #groupOf = new Int32Array(FIRST_ROOM);
  #operationOf = new Int32Array(FIRST_ROOM);
  #flags = new Uint8Array(FIRST_ROOM);
  #ids = Buffer.alloc(FIRST_ROOM * ID_BYTES);

  get count(): number {
    return this.#count;
  }

  /** What it takes in memory, about. */
  get bytes(): number {
    return this.#times.length * (8 + 4 + 4 + 1 + ID_BYTES) + this.#groups.length * 300;
  }

  get groups(): readonly SetGroup[] {
    return this.#groups;
  }

  add(record: ErrorRecord): void {
    const { timeNanos, traceId, spanId, isSpan } = record;
    const number = this.#groupNumber(record);
    const group = this.#groups[number];
    if (!group) return;
    const last = lastOf(group);
    if (timeNanos > last || (timeNanos === last && isGreater(record, group))) {
      group.type = record.type;
      group.template = record.template;
    }
    widen(group, this.#versions.numberOf(record.version), timeNanos, timeNanos);
    const operation = this.#operations.size < MAX_OPERATIONS || this.#operations.has(record.operation) ? record.operation : '';
    const row = this.#row();
    this.#times[row] = timeNanos;
    this.#groupOf[row] = number;
    this.#operationOf[row] = this.#operations.numberOf(operation);
    const hasTrace = traceId.length === 2 * TRACE_ID_BYTES;
    const hasSpanId = hasTrace && spanId.length === 2 * SPAN_ID_BYTES;
    this.#flags[row] = (isSpan ? IS_SPAN : 0) | (hasTrace ? HAS_TRACE : 0) | (hasSpanId ? HAS_SPAN_ID : 0);
    if (hasTrace) this.#ids.write(traceId, row * ID_BYTES, 'hex');
    if (hasSpanId) this.#ids.write(spanId, row * ID_BYTES + TRACE_ID_BYTES, 'hex');
  }

  merge(other: ErrorSet): void {
    const versions = other.#versions.all.map((version) => this.#versions.numberOf(version));
    const operations = other.#operations.all.map((name) =>
      this.#operations.numberOf(this.#operations.size < MAX_OPERATIONS || this.#operations.has(name) ? name : ''),
    );
    const numbers = other.#groups.map((theirs) => {
      const number = this.#groupNumber(theirs);
      const own = this.#groups[number];
      if (!own) return number;
      if (isNewer(theirs, own)) {
        own.type = theirs.type;
        own.template = theirs.template;
      }
      for (const [version, { first, last }] of theirs.versions) widen(own, versions[version] ?? 0, first, last);
      return number;
    });
    for (let from = 0; from < other.#count; from += 1) {
      const row = this.#row();
      this.#times[row] = other.#times[from] ?? 0n;
      this.#groupOf[row] = numbers[other.#groupOf[from] ?? 0] ?? 0;
      this.#operationOf[row] = operations[other.#operationOf[from] ?? 0] ?? 0;
      this.#flags[row] = other.#flags[from] ?? 0;
      other.#ids.copy(this.#ids, row * ID_BYTES, from * ID_BYTES, (from + 1) * ID_BYTES);
    }
  }

  /**
   * Calls with each record of a time in the range whose group is wanted, the last that came first: it is mostly the newest; until it gets false. Gives
   * the greatest time of those that it was not called with then.
   */
  visit(
    range: { readonly fromNanos: bigint; readonly toNanos: bigint; readonly wants: (group: number) => boolean; readonly isOver?: boolean },
    visit: (row: ErrorRow) => boolean,
  ): bigint | undefined {
    let left: bigint | undefined;
    const { fromNanos, toNanos, wants } = range;
    let { isOver = false } = range;
    for (let row = this.#count - 1; row >= 0; row -= 1) {
      const timeNanos = this.#times[row] ?? 0n;
      if (timeNanos < fromNanos || timeNanos >= toNanos) continue;
      const group = this.#groupOf[row] ?? 0;
      if (!wants(group)) continue;
      if (isOver) {
        if (left === undefined || timeNanos > left) left = timeNanos;
        continue;
      }
      const flags = this.#flags[row] ?? 0;
      const at = row * ID_BYTES;
      isOver = !visit({
        group,
        timeNanos,
        isSpan: (flags & IS_SPAN) !== 0,
        spanKey: (flags & HAS_SPAN_ID) === 0 ? undefined : this.#ids.toString('latin1', at, at + ID_BYTES),
        traceId: () => ((flags & HAS_TRACE) === 0 ? '' : this.#ids.toString('hex', at, at + TRACE_ID_BYTES)),
        spanId: () => ((flags & HAS_SPAN_ID) === 0 ? '' : this.#ids.toString('hex', at + TRACE_ID_BYTES, at + ID_BYTES)),
        operation: this.#operations.all[this.#operationOf[row] ?? 0] ?? '',
      });
    }
    return left;
  }

  /** The least and greatest time of a group's records by version. */
  versionsOf(group: SetGroup): ErrorVersion[] {
    return Array.from(group.versions, ([version, { first, last }]) => ({
      version: this.#versions.all[version] ?? '',
      firstNanos: first,
      lastNanos: last,
    }));
  }

  stored(): { readonly head: StoredErrors; readonly columns: readonly Uint8Array[] } {
    const count = this.#count;
    const bytesOf = (array: BigInt64Array | Int32Array): Uint8Array => new Uint8Array(array.buffer, 0, count * array.BYTES_PER_ELEMENT);
    return {
      head: {
        groups: this.#groups.map(({ versions, ...group }) => ({
          ...group,
          versions: Array.from(versions, ([version, { first, last }]) => [version, String(first), String(last)] as const),
        })),
        versions: this.#versions.all,
        operations: this.#operations.all,
        count,
      },
      columns: [
        bytesOf(this.#times),
        bytesOf(this.#groupOf),
        bytesOf(this.#operationOf),
        this.#flags.subarray(0, count),
        this.#ids.subarray(0, count * ID_BYTES),
      ],
    };
  }

  /** Undefined where the columns are not as long as they have to be, or environments are not told apart. */
  static restore(head: StoredErrors, columns: Buffer): ErrorSet | undefined {
    const { count } = head;
    if (columns.length !== count * (8 + 4 + 4 + 1 + ID_BYTES)) return undefined;
    const set = new ErrorSet();
    for (const { versions, environment, ...group } of head.groups) {
      if (environment === undefined) return undefined;
      const own = set.#groups[set.#groupNumber({ ...group, environment })];
      for (const [version, first, last] of versions) own?.versions.set(version, { first: BigInt(first), last: BigInt(last) });
    }
    for (const version of head.versions) set.#versions.numberOf(version);
    for (const name of head.operations) set.#operations.numberOf(name);
    let at = 0;
    const next = (bytes: number): ArrayBuffer => {
      const copied = new ArrayBuffer(bytes);
      columns.copy(new Uint8Array(copied), 0, at, at + bytes);
      at += bytes;
      return copied;
    };
    set.#count = count;
    set.#times = new BigInt64Array(next(count * 8));
    set.#groupOf = new Int32Array(next(count * 4));
    set.#operationOf = new Int32Array(next(count * 4));
    set.#flags = new Uint8Array(next(count));
    set.#ids = Buffer.from(next(count * ID_BYTES));
    return set;
  }

  #groupNumber(of: {
    readonly tenant: string;
    readonly service: string;
    readonly environment: string;
    readonly fingerprint: string;
    readonly type: string;
    readonly template: TemplateText;
  }): number {
    const { tenant, service, environment, fingerprint, type, template } = of;
    const id = JSON.stringify([tenant, fingerprint, service, environment]);
    let number = this.#groupNumbers.get(id);
    if (number === undefined) {
      number = this.#groups.push({ tenant, service, environment, fingerprint, type, template, versions: new Map() }) - 1;
      this.#groupNumbers.set(id, number);
    }
    return number;
  }

  /** Makes room for one more. */
  #row(): number {
    if (this.#count === this.#times.length) {
      const room = Math.max(2 * this.#count, FIRST_ROOM);
      this.#times = grown(this.#times, new BigInt64Array(room));
      this.#groupOf = grown(this.#groupOf, new Int32Array(room));
      this.#operationOf = grown(this.#operationOf, new Int32Array(room));
      this.#flags = grown(this.#flags, new Uint8Array(room));
      const ids = Buffer.alloc(room * ID_BYTES);
      this.#ids.copy(ids);
      this.#ids = ids;
    }
    return this.#count++;
  }
}

/** One record of a set. */
export interface ErrorRow {
  /** Its group's place in `groups`. */
  readonly group: number;
  readonly timeNanos: bigint;
  readonly isSpan: boolean;
  /** Of the span that it is, or is of: undefined where it is of none. */
  readonly spanKey: string | undefined;
  readonly traceId: () => string;
  readonly spanId: () => string;
  readonly operation: string;
}

/** Texts by number. */
class Names {
  readonly all: string[] = [];
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.all.length;
  }

  has(name: string): boolean {
    return this.#numbers.has(name);
  }

  numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.all.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }
}

function widen({ versions }: SetGroup, version: number, first: bigint, last: bigint): void {
  const known = versions.get(version);
  if (!known) versions.set(version, { first, last });
  else {
    if (first < known.first) known.first = first;
    if (last > known.last) known.last = last;
  }
}

function lastOf({ versions }: SetGroup): bigint {
  let greatest = -1n;
  for (const { last } of versions.values()) if (last > greatest) greatest = last;
  return greatest;
}

/** Of two of the same time one is chosen, whichever comes first. */
function isNewer(theirs: SetGroup, own: SetGroup): boolean {
  const difference = lastOf(theirs) - lastOf(own);
  return difference > 0n || (difference === 0n && isGreater(theirs, own));
}

function isGreater(left: Pick<SetGroup, 'type' | 'template'>, right: Pick<SetGroup, 'type' | 'template'>): boolean {
  return `${left.type}\n${left.template}` > `${right.type}\n${right.template}`;
}

function grown<T extends BigInt64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  // Both are of one class; the compiler cannot say so of a union.
  (to as Uint8Array).set(from as Uint8Array);
  return to;
}
