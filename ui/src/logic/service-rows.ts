import type {
  MapNode,
  ServiceMapAnswer,
  ServiceStateReason,
  ServicesAnswer,
  TrafficFigures,
  TrafficPoint,
} from '@threadline/collector/api';

/** `absent`: nothing of it is in the range, though it sent records once. */
export const SHOWN_STATES = ['down', 'degraded', 'silent', 'healthy', 'absent'] as const;
export type ShownState = (typeof SHOWN_STATES)[number];

/** One service of the list. */
export interface ServiceRow {
  readonly name: string;
  readonly state: ShownState;
  readonly reason: ServiceStateReason | undefined;
  /** Those that run, and their versions, the newest first. */
  readonly instanceCount: number;
  readonly versions: readonly string[];
  /** Undefined where it was called for nothing in the range. */
  readonly figures: TrafficFigures | undefined;
  /** Only steps with something in them. */
  readonly points: readonly TrafficPoint[];
  /** RFC 3339; to the minute where the range has spans of it. */
  readonly lastSeen: string | undefined;
  /** An absent one that sent something shortly before the range: it may have just stopped. */
  readonly isJustGone?: true;
}

/** A range of minutes has nothing of what stopped before it began; what is away for longer is no news. */
const JUST_GONE_MILLIS = 3_600_000;

/** Every service that is known, with what the range says of it, those in trouble first and then by name. */
export function serviceRows(map: ServiceMapAnswer, known: ServicesAnswer['services']): ServiceRow[] {
  const rows = new Map<string, ServiceRow>();
  const isJustGone = (lastSeen: string): boolean => {
    const goneMillis = Date.parse(map.from) - Date.parse(lastSeen);
    // Of a range of before it may be that it came later.
    return goneMillis >= 0 && goneMillis < JUST_GONE_MILLIS;
  };
  for (const { name, lastSeen } of known)
    rows.set(name, { ...rowOf({ name }, lastSeen), ...(isJustGone(lastSeen) && { isJustGone: true }) });
  for (const node of map.nodes) if (node.type === 'service') rows.set(node.name, rowOf(node, rows.get(node.name)?.lastSeen));
  return sortServices([...rows.values()], { by: 'state', descending: false });
}

function rowOf(
  { name, state, reason, instanceCount = 0, versions = [], figures, points = [], lastSeen }: Omit<MapNode, 'id' | 'type'>,
  knownSince: string | undefined,
): ServiceRow {
  return { name, state: state ?? 'absent', reason, instanceCount, versions, figures, points, lastSeen: lastSeen ?? knownSince };
}

/** The rows in an order of before, what is new in its own order after them: newer figures move nothing under the reader. */
export function inOrderOf(rows: readonly ServiceRow[], names: readonly string[]): ServiceRow[] {
  const places = new Map(names.map((name, place) => [name, place]));
  const placeOf = ({ name }: ServiceRow): number => places.get(name) ?? names.length;
  return [...rows].sort((left, right) => placeOf(left) - placeOf(right));
}

export const SERVICE_COLUMNS = ['name', 'state', 'instances', 'rate', 'errors', 'p50', 'p95', 'p99', 'seen'] as const;
export type ServiceColumn = (typeof SERVICE_COLUMNS)[number];

export interface ServiceSort {
  readonly by: ServiceColumn;
  readonly descending: boolean;
}

/** After one state and before the next. */
const BETWEEN = 0.5;

/** States come worst first; what may have just stopped is before what is well, as silent ones are. What a service has no figure for is last either way; of equals the name decides. */
export function sortServices(rows: readonly ServiceRow[], { by, descending }: ServiceSort): ServiceRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((left, right) => {
    if (by === 'name') return sign * compareNames(left, right);
    const [a, b] = [figureOf(left, by), figureOf(right, by)];
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined) || compareNames(left, right);
    return sign * (a - b) || compareNames(left, right);
  });
}

/** As people look names up: whatever their case, and `worker-2` before `worker-10`. */
const NAMES = new Intl.Collator('en', { numeric: true });

function compareNames({ name: left }: ServiceRow, { name: right }: ServiceRow): number {
  // Names that read alike have an order too.
  return NAMES.compare(left, right) || (left < right ? -1 : left > right ? 1 : 0);
}

function figureOf(
  { state, instanceCount, figures, lastSeen, isJustGone }: ServiceRow,
  by: Exclude<ServiceColumn, 'name'>,
): number | undefined {
  if (by === 'state') return isJustGone ? SHOWN_STATES.indexOf('silent') + BETWEEN : SHOWN_STATES.indexOf(state);
  if (by === 'seen') return lastSeen === undefined ? undefined : Date.parse(lastSeen);
  if (by === 'instances') return instanceCount;
  if (by === 'rate') return figures?.perSecond;
  if (by === 'errors') return figures && errorShare(figures);
  return figures?.[`${by}Millis`];
}

/** Of calls; undefined where there were none. */
export function errorShare({ count, errors }: { readonly count: number; readonly errors: number }): number | undefined {
  return count === 0 ? undefined : Math.min(1, errors / count);
}

/** Of calls those that failed for the caller, where they are more than who was called says. */
export function callerErrorShare({ count, callerErrors }: Pick<TrafficFigures, 'count' | 'callerErrors'>): number | undefined {
  return callerErrors === undefined ? undefined : errorShare({ count, errors: callerErrors });
}

/** Those whose name has the text, whatever its case, and whose state is wanted. */
export function filterServices(
  rows: readonly ServiceRow[],
  { find, state }: { find: string; state: ShownState | undefined },
): ServiceRow[] {
  const text = find.trim().toLowerCase();
  return rows.filter((row) => (state === undefined || row.state === state) && row.name.toLowerCase().includes(text));
}

/** How many services are in each state. */
export function countStates(rows: readonly ServiceRow[]): Readonly<Record<ShownState, number>> {
  const counts = { down: 0, degraded: 0, silent: 0, healthy: 0, absent: 0 };
  for (const { state } of rows) counts[state] += 1;
  return counts;
}

const MINUTE_MILLIS = 60_000;

/** A step of a chart, with something in it or not. */
export interface ChartStep<Point = TrafficPoint> {
  readonly fromMillis: number;
  readonly point: Point | undefined;
}

/** More are no chart; the collector gives some sixty. */
const MAX_STEPS = 400;

/** Every step of a range, from its points, of which only those are given that have something in them. */
export function chartSteps<Point extends { readonly from: string }>(
  { from, to, stepMinutes }: Pick<ServiceMapAnswer, 'from' | 'to' | 'stepMinutes'>,
  points: readonly Point[],
): ChartStep<Point>[] {
  const stepMillis = Math.max(1, stepMinutes) * MINUTE_MILLIS;
  // Steps begin at whole multiples since 1970, as the collector counts them.
  const first = Math.floor(Date.parse(from) / stepMillis) * stepMillis;
  const length = Math.min(MAX_STEPS, Math.max(0, Math.ceil((Date.parse(to) - first) / stepMillis)));
  const byStep = new Map(points.map((point) => [Math.floor(Date.parse(point.from) / stepMillis), point]));
  return Array.from({ length }, (_, number) => {
    const fromMillis = first + number * stepMillis;
    return { fromMillis, point: byStep.get(fromMillis / stepMillis) };
  });
}
