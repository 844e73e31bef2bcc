import { type JudgedState, judgeService, MIN_CALLS, type RecentFigures, restOf } from '../../analysis/service-state.ts';
import { type DurationWindow, MIN_WINDOWS, surePartOf } from '../../analysis/usual-duration.ts';
import type { ServiceFiguresAnswer } from '../../api/index.ts';
import { ascending } from '../../model/ascending.ts';
import { quantile } from '../../storage/figures/duration-histogram.ts';
import { Cell } from '../../storage/figures/figure-set.ts';
import { type Figure, type FigureCounts, type FigureKey, isOfProcess } from '../../storage/figures/figures.ts';
import type { TimeRange } from '../../storage/storage.ts';
import type { Reader } from '../api-route.ts';
import { servicesIn } from './environments.ts';
import { type FiguresRange, RECENT_MINUTES } from './figures-range.ts';
import { formatMinute, millis, trafficFigures } from './traffic-figures.ts';

/** More running versions tell nothing. */
const MAX_VERSIONS = 20;

const NANOS_A_MINUTE = 60_000_000_000n;
/** What runs three times in a day and not in every other step has a rhythm. */
const RHYTHM_NANOS = 24n * 60n * NANOS_A_MINUTE;
const RHYTHM_STEP_MINUTES = RECENT_MINUTES;

type KeyOf<T extends FigureKey['type']> = Extract<FigureKey, { type: T }>;

/** Figures of one type of key. */
export function figuresOf<T extends FigureKey['type']>(
  type: T,
  figures: readonly Figure[],
): { readonly key: KeyOf<T>; readonly figure: Figure }[] {
  return figures.flatMap((figure) => (isOfType(type, figure.key) ? [{ key: figure.key, figure }] : []));
}

function isOfType<T extends FigureKey['type']>(type: T, key: FigureKey): key is KeyOf<T> {
  return key.type === type;
}

/** What a service is judged by beside its figures. */
type Judging = Pick<FiguresRange, 'recentFromMinute' | 'stepMinutes'> & {
  /** The last of which there is any record of it. */
  readonly lastMinute: number;
  /** How long its calls took in the time that `UsualDurationsReader` looks back, where the range is shorter than that. */
  readonly usual?: readonly DurationWindow[] | undefined;
  /** When it was called in the time that `readRhythms` looks back, where that was asked for. */
  readonly rhythm?: Figure | undefined;
  /** So many calls to it failed in the last minutes without having arrived (`unansweredOf`). */
  readonly unanswered?: number | undefined;
};

/** How a service fares by the figures of it, with points of its entries, and why. */
export function stateOf(
  figures: readonly Figure[],
  { recentFromMinute, stepMinutes, lastMinute, usual = [], rhythm, unanswered = 0 }: Judging,
): JudgedState {
  const isHeard = lastMinute >= recentFromMinute;
  const own = figuresOf('service', figures)[0]?.figure;
  const logs = { count: 0, errors: 0 };
  for (const { figure } of figuresOf('logs', figures)) {
    logs.count += figure.recent.count;
    logs.errors += figure.recent.errors;
  }
  const rhythmOf = (figure: Figure | undefined, width: number) =>
    figure &&
    restOf(
      figure.points.map(({ minute, counts: { count, errors } }) => ({ minute, count, errors })),
      { lastMinute, toMinute: recentFromMinute + RECENT_MINUTES, stepMinutes: Math.max(width, figure.bucketMinutes) },
    );
  const rest = rhythmOf(own, stepMinutes) ?? rhythmOf(rhythm, RHYTHM_STEP_MINUTES);
  if (!own) return judgeService({ recent: NOTHING, before: [], logs, isHeard, unanswered, ...(rest && { rest }) });
  // Of a young service the range tells more, in narrower steps.
  const before = usual.length >= MIN_WINDOWS ? usual : windowsOf(own, { stepMinutes, endMinute: recentFromMinute });
  return judgeService({ recent: recentFiguresOf(own.recent), before, logs, isHeard, unanswered, ...(rest && { rest }) });
}

const NOTHING = { count: 0, errors: 0 };

/** What something is judged by, of what was counted in the last minutes. */
export function recentFiguresOf(counts: FigureCounts): RecentFigures {
  const leastP95Millis = millis(quantile(counts.durations, surePartOf(counts.spans))) ?? 0;
  return { ...trafficFigures(counts, 1), leastP95Millis };
}

/**
 * When services were called that look silent, in the day before the range's end: a range of minutes has a job that runs once an hour once, and the steps of a week
 * have it in each. Of those alone it is asked for, as most ranges have none.
 */
export async function readRhythms(
  { toNanos, recentFromMinute, environment }: Pick<FiguresRange, 'toNanos' | 'recentFromMinute' | 'environment'>,
  services: readonly string[],
  { storage, context }: Reader,
): Promise<ReadonlyMap<string, Figure>> {
  if (services.length === 0) return new Map();
  const [only] = services.length === 1 ? services : [];
  const { figures } = await storage.serviceFigures(
    {
      range: { fromNanos: toNanos > RHYTHM_NANOS ? toNanos - RHYTHM_NANOS : 0n, toNanos },
      types: ['service'],
      ...(only !== undefined && { service: only }),
      environment,
      stepMinutes: RHYTHM_STEP_MINUTES,
      pointsOf: ['service'],
      recentFromMinute,
    },
    context,
  );
  return new Map(figuresOf('service', figures).map(({ key, figure }) => [key.service, figure]));
}

/** The steps that end before a minute, those with few calls together with earlier ones. */
export function windowsOf(
  { points }: Pick<Figure, 'points'>,
  { stepMinutes, endMinute }: { readonly stepMinutes: number; readonly endMinute: number },
): DurationWindow[] {
  const windows: DurationWindow[] = [];
  let gathered = new Cell();
  for (const { minute, counts } of points.toReversed()) {
    if (minute + stepMinutes > endMinute) continue;
    gathered.merge(counts);
    if (gathered.count < MIN_CALLS) continue;
    const { count, p95Millis = 0 } = trafficFigures(gathered, 1);
    windows.unshift({ count, p95Millis });
    gathered = new Cell();
  }
  return windows;
}

/** The last minute of which there is anything of a service: in its figures, or, as of health checks, beside them. */
export function lastMinuteOf(figures: readonly Figure[], heardMinute = 0): number {
  return figures.reduce((latest, { lastMinute }) => Math.max(latest, lastMinute), heardMinute);
}

/** The last minutes of the range. */
export function recentRange({ toNanos, recentFromMinute }: Pick<FiguresRange, 'toNanos' | 'recentFromMinute'>): Required<TimeRange> {
  return { fromNanos: BigInt(recentFromMinute) * NANOS_A_MINUTE, toNanos };
}

/** The last minute of each service of which there are records in the range, counted in figures or not; of the last second's not all. */
export async function readHeard(
  { range, environment }: { readonly range: Required<TimeRange>; readonly environment: string | undefined },
  { storage, context: whole }: Reader,
): Promise<Map<string, number>> {
  const context = { ...whole, maySeeLess: true };
  if (environment !== undefined) {
    // Not when: somewhere in the range, of which there is at least this minute.
    const names = await servicesIn(environment, range, { storage, context });
    return new Map(names.map((name) => [name, Number(range.fromNanos / NANOS_A_MINUTE)]));
  }
  const services = await storage.services(range, context);
  return new Map(services.map(({ name, lastSeenNanos }) => [name, Number(lastSeenNanos / NANOS_A_MINUTE)]));
}

/** What is known of the processes of a service by the figures of it. */
export interface Processes {
  /** The latest first seen first. */
  readonly processes: readonly Process[];
  /** Those that sent something of late, and their versions, the newest first. */
  readonly running: { readonly instanceCount: number; readonly versions: string[] };
  /** Of most records; empty where none says. */
  readonly namespace: string;
}

interface Process {
  readonly version: string;
  readonly environment: string;
  readonly instance: string;
  /** More than one where resources of it differ in something else. */
  readonly spans: Cell;
  readonly entries: Cell;
  logCount: number;
  firstMinute: number;
  lastMinute: number;
  isRunning: boolean;
}

/** What one process sends in several ways, as by the SDK and by a shipper of its files, differs in what else the resource says, or does not name the instance at all. */
function countInstances(running: readonly Process[]): number {
  const names = new Set(running.map(({ instance }) => instance));
  return names.size > 1 ? names.size - (names.has('') ? 1 : 0) : names.size;
}

/** Spans and logs of one process are one. */
export function processesOf(figures: readonly Figure[]): Processes {
  const processes = new Map<string, Process>();
  const namespaces = new Map<string, number>();
  for (const { key, counts, recent, firstMinute, lastMinute } of figures) {
    if (!isOfProcess(key)) continue;
    const { version, environment, instance } = key;
    const id = JSON.stringify([version, environment, instance]);
    const known = processes.get(id) ?? {
      version,
      environment,
      instance,
      spans: new Cell(),
      entries: new Cell(),
      logCount: 0,
      firstMinute,
      lastMinute,
      isRunning: false,
    };
    processes.set(id, known);
    if (key.type === 'entry') {
      known.entries.merge(counts);
      continue;
    }
    if (key.type === 'logs') known.logCount += counts.spans;
    else known.spans.merge(counts);
    known.firstMinute = Math.min(known.firstMinute, firstMinute);
    known.lastMinute = Math.max(known.lastMinute, lastMinute);
    if (recent.spans > 0) known.isRunning = true;
    if (key.namespace !== '') namespaces.set(key.namespace, (namespaces.get(key.namespace) ?? 0) + counts.spans);
  }
  const sorted = [...processes.values()].sort(
    (left, right) =>
      right.firstMinute - left.firstMinute ||
      ascending(left.instance, right.instance) ||
      ascending(right.version, left.version) ||
      ascending(left.environment, right.environment),
  );
  const running = sorted.filter(({ isRunning }) => isRunning);
  return {
    processes: sorted,
    running: {
      instanceCount: countInstances(running),
      versions: [...new Set(running.map(({ version }) => version).filter((version) => version !== ''))].slice(0, MAX_VERSIONS),
    },
    namespace: [...namespaces].sort(([left, a], [right, b]) => b - a || ascending(left, right))[0]?.[0] ?? '',
  };
}

/**
 * Where a service runs, as it is told, with how each process fares beside the others: by what it was asked for, of which calls to others and steps of its own are a
 * part; by all of its spans where the service is asked for nothing. `seconds`: how long was counted.
 */
export function instancesOf(processes: readonly Process[], seconds: number): Pick<ServiceFiguresAnswer, 'instances' | 'instanceFigures'> {
  const hasEntries = processes.some(({ entries }) => entries.spans > 0);
  const instances = processes.map(({ version, environment, instance, spans, entries, logCount, firstMinute, lastMinute }) => {
    const fare = hasEntries ? entries : spans;
    return {
      ...{ version, environment, instance, spanCount: spans.spans },
      ...(fare.spans > 0 && { figures: trafficFigures(fare, seconds) }),
      logCount,
      firstSeen: formatMinute(firstMinute),
      lastSeen: formatMinute(lastMinute),
    };
  });
  return { instances, instanceFigures: hasEntries ? 'calls' : 'spans' };
}
