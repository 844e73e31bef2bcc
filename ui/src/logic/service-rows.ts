import type { MapNode, ServiceMapAnswer, ServiceState, ServicesAnswer, TrafficFigures, TrafficPoint } from '@threadline/collector/api';

/** `absent`: nothing that it was asked for is in the range, though it sent records once. */
export const SHOWN_STATES = ['down', 'degraded', 'silent', 'healthy', 'absent'] as const;
export type ShownState = (typeof SHOWN_STATES)[number];

/** One service of the list. */
export interface ServiceRow {
  readonly name: string;
  readonly state: ShownState;
  /** Undefined where nothing was counted in the range. */
  readonly figures: TrafficFigures | undefined;
  /** Only steps with something in them. */
  readonly points: readonly TrafficPoint[];
  /** RFC 3339; to the minute where the range has spans of it. */
  readonly lastSeen: string | undefined;
}

/** Every service that is known, with what the range says of it, those in trouble first and then by name. */
export function serviceRows(map: ServiceMapAnswer, known: ServicesAnswer['services']): ServiceRow[] {
  const rows = new Map<string, ServiceRow>();
  for (const { name, lastSeen } of known) rows.set(name, { name, state: 'absent', figures: undefined, points: [], lastSeen });
  for (const node of map.nodes) if (node.type === 'service') rows.set(node.name, rowOf(node, rows.get(node.name)?.lastSeen));
  return sortServices([...rows.values()], { by: 'state', descending: false });
}

function rowOf({ name, state = undefined, figures, points = [], lastSeen }: MapNode, knownSince: string | undefined): ServiceRow {
  return { name, state: state ?? 'absent', figures, points, lastSeen: lastSeen ?? knownSince };
}

export const SERVICE_COLUMNS = ['name', 'state', 'rate', 'errors', 'p50', 'p95', 'p99', 'seen'] as const;
export type ServiceColumn = (typeof SERVICE_COLUMNS)[number];

export interface ServiceSort {
  readonly by: ServiceColumn;
  readonly descending: boolean;
}

/** States come worst first. What a service has no figure for is last either way; of equals the name decides. */
export function sortServices(rows: readonly ServiceRow[], { by, descending }: ServiceSort): ServiceRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((left, right) => {
    if (by === 'name') return sign * compareNames(left, right);
    const [a, b] = [figureOf(left, by), figureOf(right, by)];
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined) || compareNames(left, right);
    return sign * (a - b) || compareNames(left, right);
  });
}

function compareNames(left: ServiceRow, right: ServiceRow): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

function figureOf({ state, figures, lastSeen }: ServiceRow, by: Exclude<ServiceColumn, 'name'>): number | undefined {
  if (by === 'state') return SHOWN_STATES.indexOf(state);
  if (by === 'seen') return lastSeen === undefined ? undefined : Date.parse(lastSeen);
  if (by === 'rate') return figures?.perSecond;
  if (by === 'errors') return figures && errorShare(figures);
  return figures?.[`${by}Millis`];
}

/** Of calls; undefined where there were none. */
export function errorShare({ count, errors }: { readonly count: number; readonly errors: number }): number | undefined {
  return count === 0 ? undefined : Math.min(1, errors / count);
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

/** Why a service is in its state. `slow` and `failing` without figures: the steps of the range are too wide to tell its last minutes. */
export type StateReason =
  | { readonly type: 'failing'; readonly count: number; readonly errors: number }
  | { readonly type: 'slow' }
  | { readonly type: 'failingOrSlow' }
  | { readonly type: 'plain' };

/** What the collector judges a service by, in minutes before the end of the range. Source: its `figures-range.ts`. */
const RECENT_MINUTES = 5;
const MINUTE_MILLIS = 60_000;
/** From this share of failures on a service is degraded. Source: the collector's `service-state.ts`. */
const DEGRADED_ERRORS = 0.05;

interface Judged {
  readonly state: ServiceState | 'absent';
  readonly points: readonly TrafficPoint[];
  /** The end of the range that the answer is of; RFC 3339. */
  readonly to: string;
  readonly stepMinutes: number;
}

/** The reason behind a state, from the points of the last minutes. */
export function stateReason({ state, points, to, stepMinutes }: Judged): StateReason {
  if (state !== 'down' && state !== 'degraded') return { type: 'plain' };
  if (stepMinutes > 1) return { type: 'failingOrSlow' };
  const recentFrom = Date.parse(to) - RECENT_MINUTES * MINUTE_MILLIS;
  let [count, errors] = [0, 0];
  for (const point of points) {
    if (Date.parse(point.from) < recentFrom) continue;
    count += point.count;
    errors += point.errors;
  }
  return state === 'down' || errors >= count * DEGRADED_ERRORS ? { type: 'failing', count, errors } : { type: 'slow' };
}

/** A step of a chart, with something in it or not. */
export interface ChartStep {
  readonly fromMillis: number;
  readonly point: TrafficPoint | undefined;
}

/** More are no chart; the collector gives some sixty. */
const MAX_STEPS = 400;

/** Every step of a range, from its points, of which only those are given that have something in them. */
export function chartSteps(
  { from, to, stepMinutes }: Pick<ServiceMapAnswer, 'from' | 'to' | 'stepMinutes'>,
  points: readonly TrafficPoint[],
): ChartStep[] {
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
