import { ascending } from '../../model/ascending.ts';
import type { ErrorRow, ErrorSet, SetGroup } from './error-set.ts';
import {
  type ErrorExample,
  type ErrorGroup,
  type ErrorsRequest,
  type ErrorsResult,
  type ErrorVersion,
  MAX_ERROR_EXAMPLES,
  MAX_ERROR_GROUPS,
  MAX_ERROR_OPERATIONS,
  MAX_ERROR_VERSIONS,
  OTHER_ERRORS,
} from './errors.ts';

interface Sum {
  readonly service: string;
  readonly fingerprint: string;
  type: string;
  template: string;
  lastNanos: bigint;
  readonly versions: Map<string, { firstNanos: bigint; lastNanos: bigint }>;
  /** Records that are an error each: spans, and logs of none. */
  count: number;
  readonly buckets: Map<bigint, number>;
  readonly operations: Map<string, number>;
  /** Spans that say it. */
  readonly spans: Set<string>;
  /** Times of the logs of a span. */
  readonly logs: Map<string, bigint[]>;
  examples: ErrorExample[];
  /** Example times below it are of no use. */
  leastExample: bigint;
}

/** Records that one answer is counted from: some 100 bytes each at the worst. */
const MAX_RECORDS = 1_000_000;

/** Counts what sets have of a range, each error once, however many records say it. Of very many records the newest are counted, if the newest sets come first. */
export class ErrorSum {
  readonly #request: ErrorsRequest;
  readonly #maxRecords: number;
  readonly #sums = new Map<string, Sum>();
  #records = 0;
  /** The greatest time of what was not counted. */
  #left: bigint | undefined;

  constructor(request: ErrorsRequest, { maxRecords = MAX_RECORDS } = {}) {
    this.#request = request;
    this.#maxRecords = maxRecords;
  }

  add(set: ErrorSet, tenant: string): void {
    const { range } = this.#request;
    const sums = set.groups.map((group) => (group.tenant === tenant && this.#wants(group) ? this.#sumOf(group) : undefined));
    for (const [number, group] of set.groups.entries()) {
      const sum = sums[number];
      if (!sum) continue;
      for (const version of set.versionsOf(group)) this.#addVersion(sum, group, version);
    }
    const wanted = { ...range, wants: (group: number) => sums[group] !== undefined, isOver: this.#records >= this.#maxRecords };
    const left = set.visit(wanted, (row) => {
      const sum = sums[row.group];
      this.#records += 1;
      if (sum) this.#addRow(sum, row);
      return this.#records < this.#maxRecords;
    });
    if (left !== undefined && (this.#left === undefined || left > this.#left)) this.#left = left;
  }

  #addRow(sum: Sum, row: ErrorRow): void {
    const { timeNanos, spanKey, isSpan } = row;
    if (isSpan) {
      if (spanKey !== undefined) {
        if (sum.spans.has(spanKey)) return;
        sum.spans.add(spanKey);
      }
      this.#count(sum, timeNanos);
      add(sum.operations, row.operation, 1);
    } else if (spanKey === undefined) this.#count(sum, timeNanos);
    else {
      const times = sum.logs.get(spanKey);
      if (times) times.push(timeNanos);
      else sum.logs.set(spanKey, [timeNanos]);
    }
    if (timeNanos >= sum.leastExample)
      noteExample(sum, { timeNanos, source: isSpan ? 'span' : 'log', traceId: row.traceId(), spanId: row.spanId() });
  }

  /** What is known of all times of a group beside the sets. */
  addVersions(group: Pick<SetGroup, 'service' | 'fingerprint' | 'type' | 'template'>, versions: readonly ErrorVersion[]): void {
    const sum = this.#sumOf(group);
    for (const version of versions) this.#addVersion(sum, group, version);
  }

  /** Everything that was added, in the order asked for. */
  result(): ErrorsResult {
    for (const sum of this.#sums.values()) this.#countLogs(sum);
    const isWanted = ({ count }: Sum): boolean => count > 0 || this.#request.fingerprint !== undefined;
    const { kept, others } = boundGroups([...this.#sums.values()].filter(isWanted).map(toGroup));
    const groups = kept.sort(orderOf(this.#request.order)).slice(0, this.#request.limit);
    return {
      total: [...kept, ...others].reduce((sum, { count }) => sum + count, 0),
      groupCount: kept.length,
      groups: [...groups, ...others],
      ...(this.#left !== undefined && {
        partial: {
          searchedFromNanos: this.#left + 1n,
          reason: `errors are counted from at most ${this.#maxRecords} records, newest first: narrow the time range`,
        },
      }),
    };
  }

  #wants(group: SetGroup): boolean {
    const { service = group.service, fingerprint = group.fingerprint, environment = group.environment } = this.#request;
    return group.service === service && group.fingerprint === fingerprint && group.environment === environment;
  }

  #sumOf({ service, fingerprint }: Pick<SetGroup, 'service' | 'fingerprint'>): Sum {
    const id = `${fingerprint}\n${service}`;
    let sum = this.#sums.get(id);
    if (!sum) {
      sum = {
        service,
        fingerprint,
        type: '',
        template: '',
        lastNanos: -1n,
        versions: new Map(),
        count: 0,
        buckets: new Map(),
        operations: new Map(),
        spans: new Set(),
        logs: new Map(),
        examples: [],
        leastExample: -1n,
      };
      this.#sums.set(id, sum);
    }
    return sum;
  }

  #addVersion(sum: Sum, group: Pick<SetGroup, 'type' | 'template'>, { version, firstNanos, lastNanos }: ErrorVersion): void {
    const known = sum.versions.get(version);
    if (!known) sum.versions.set(version, { firstNanos, lastNanos });
    else {
      if (firstNanos < known.firstNanos) known.firstNanos = firstNanos;
      if (lastNanos > known.lastNanos) known.lastNanos = lastNanos;
    }
    // Of two of one time always the same.
    if (lastNanos > sum.lastNanos || (lastNanos === sum.lastNanos && nameOf(group) > nameOf(sum))) {
      sum.lastNanos = lastNanos;
      sum.type = group.type;
      sum.template = group.template;
    }
  }

  /** A span that says it was counted by itself: its first log says the same. */
  #countLogs(sum: Sum): void {
    for (const [spanKey, times] of sum.logs) {
      times.sort(ascending);
      for (const time of times.slice(sum.spans.has(spanKey) ? 1 : 0)) this.#count(sum, time);
    }
    sum.logs.clear();
  }

  #count(sum: Sum, timeNanos: bigint): void {
    sum.count += 1;
    add(sum.buckets, timeNanos / this.#request.widthNanos, 1);
  }
}

function noteExample(sum: Sum, example: ErrorExample): void {
  // A span and its logs are one; of a trace the newest is enough.
  const same = example.traceId === '' ? -1 : sum.examples.findIndex(({ traceId }) => traceId === example.traceId);
  const known = sum.examples[same];
  if (known) {
    if (isBetter(example, known)) sum.examples[same] = example;
  } else sum.examples.push(example);
  sum.examples.sort((left, right) => (isBetter(left, right) ? -1 : 1));
  if (sum.examples.length < MAX_ERROR_EXAMPLES) return;
  sum.examples = sum.examples.slice(0, MAX_ERROR_EXAMPLES);
  sum.leastExample = sum.examples.at(-1)?.timeNanos ?? -1n;
}

function isBetter(left: ErrorExample, right: ErrorExample): boolean {
  if (left.timeNanos !== right.timeNanos) return left.timeNanos > right.timeNanos;
  return `${left.source}${left.traceId}${left.spanId}` > `${right.source}${right.traceId}${right.spanId}`;
}

function toGroup({ service, fingerprint, type, template, count, buckets, versions, operations, examples }: Sum): ErrorGroup {
  const known = Array.from(versions, ([version, times]) => ({ version, ...times })).sort(byFirst);
  const isOther = fingerprint === OTHER_ERRORS;
  return {
    service,
    fingerprint,
    type: isOther ? '' : type,
    template: isOther ? '' : template,
    count,
    buckets: Array.from(buckets, ([bucket, own]) => ({ bucket, count: own })),
    ...timesOf(known),
    versions: known.slice(0, MAX_ERROR_VERSIONS),
    operations: Array.from(operations, ([name, own]) => ({ name, count: own }))
      .filter(({ name }) => name !== '')
      .sort((left, right) => right.count - left.count || ascending(left.name, right.name))
      .slice(0, MAX_ERROR_OPERATIONS),
    examples,
  };
}

/** Of each service the most frequent; all others of it are one. */
function boundGroups(groups: readonly ErrorGroup[]): { readonly kept: ErrorGroup[]; readonly others: ErrorGroup[] } {
  const kept: ErrorGroup[] = [];
  const others: ErrorGroup[] = [];
  for (const ofService of Map.groupBy(groups, ({ service }) => service).values()) {
    const own = ofService.filter(({ fingerprint }) => fingerprint !== OTHER_ERRORS).sort(orderOf('count'));
    kept.push(...own.slice(0, MAX_ERROR_GROUPS));
    const rest = [...own.slice(MAX_ERROR_GROUPS), ...ofService.filter(({ fingerprint }) => fingerprint === OTHER_ERRORS)];
    const [first, ...more] = rest;
    if (first)
      others.push(more.reduce(united, { ...first, fingerprint: OTHER_ERRORS, type: '', template: '', operations: [], examples: [] }));
  }
  return { kept, others };
}

/** Counts of both, under the first one's name. */
function united(left: ErrorGroup, right: ErrorGroup): ErrorGroup {
  const buckets = new Map(left.buckets.map(({ bucket, count }) => [bucket, count]));
  for (const { bucket, count } of right.buckets) add(buckets, bucket, count);
  return {
    ...left,
    count: left.count + right.count,
    buckets: Array.from(buckets, ([bucket, count]) => ({ bucket, count })),
    ...timesOf([left, right]),
    versions: [],
  };
}

type Times = Pick<ErrorVersion, 'firstNanos' | 'lastNanos'>;

/** The earliest and the latest of all. */
function timesOf(all: readonly Times[]): Times {
  const [first, ...others] = all;
  const times = { firstNanos: first?.firstNanos ?? 0n, lastNanos: first?.lastNanos ?? 0n };
  for (const { firstNanos, lastNanos } of others) {
    if (firstNanos < times.firstNanos) times.firstNanos = firstNanos;
    if (lastNanos > times.lastNanos) times.lastNanos = lastNanos;
  }
  return times;
}

function nameOf({ type, template }: Pick<ErrorGroup, 'type' | 'template'>): string {
  return `${type}\n${template}`;
}

function orderOf(order: ErrorsRequest['order']): (left: ErrorGroup, right: ErrorGroup) => number {
  const byName = (left: ErrorGroup, right: ErrorGroup): number =>
    ascending(left.service, right.service) || ascending(left.fingerprint, right.fingerprint);
  const descending = (left: bigint, right: bigint): number => (left > right ? -1 : left < right ? 1 : 0);
  switch (order) {
    case 'count':
      return (left, right) => right.count - left.count || byName(left, right);
    case 'last':
      return (left, right) => descending(left.lastNanos, right.lastNanos) || byName(left, right);
    case 'first':
      return (left, right) => descending(left.firstNanos, right.firstNanos) || byName(left, right);
  }
}

function byFirst(left: ErrorVersion, right: ErrorVersion): number {
  return ascending(left.firstNanos, right.firstNanos) || ascending(left.version, right.version);
}

function add<K>(counts: Map<K, number>, key: K, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
