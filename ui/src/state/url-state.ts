import { FLAME_WAYS, type FlameWay } from '../logic/flame-ways.ts';
import { GROUPINGS, type Grouping } from '../logic/groupings.ts';
import { STAT_FIGURES, type StatFigure } from '../logic/log-stats.ts';
import { MAP_GROUPINGS, type MapGrouping } from '../logic/map-grouping.ts';
import { MAX_ZOOM, MIN_ZOOM } from '../logic/map-zoom.ts';
import { SERVICE_COLUMNS, type ServiceColumn, SHOWN_STATES, type ShownState } from '../logic/service-rows.ts';
import { STATISTIC_COLUMNS, type StatisticColumn } from '../logic/statistic-columns.ts';

/**
 * What each page keeps in its address, so that a link, a reload and back show the same thing. All of it is text;
 * what is absent has its default. Source of the names: the project's UI design.
 */

/** Search and time range, on every page that searches. */
export interface SearchUrl {
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
}

export interface LogsUrl extends SearchUrl {
  /** Columns: see `logic/log-columns.ts`. */
  readonly cols?: string;
  /** `1`: long texts go on in the next line. */
  readonly wrap?: '1';
  /** Id of the record that is open. */
  readonly sel?: string;
  readonly order?: 'asc';
  /** A record that the list begins at, with the others on both sides: see `logic/list-anchor.ts`. */
  readonly at?: string;
  /** `1`: records are shown as they arrive. */
  readonly live?: '1';
  /** Records folded into patterns, or figures of them, instead of the list. */
  readonly view?: 'patterns' | 'stats';
  /** Patterns with the fewest records first. */
  readonly rank?: 'rare';
  /** Of the figures: the numeric field that is measured, the field that records are grouped by (`-`: none; absent: their service), and which figure is shown. */
  readonly of?: string;
  readonly by?: string;
  readonly fig?: StatFigure;
}

export interface TracesUrl extends SearchUrl {
  readonly service?: string;
  readonly operation?: string;
  readonly min?: string;
  readonly max?: string;
  readonly status?: string;
  /** Queries that other spans of the trace fulfil, each percent-encoded, joined by commas. */
  readonly with?: string;
  /** How long the whole trace takes. */
  readonly tmin?: string;
  readonly tmax?: string;
  /** Absent: newest first. */
  readonly sort?: 'slowest';
  /** A trace that the list begins at: see `logic/trace-place.ts`. */
  readonly at?: string;
}

/** Of which environment all is: see `logic/environment.ts`. */
interface EnvironmentUrl {
  readonly env?: string;
}

export interface ServicesUrl extends EnvironmentUrl {
  readonly from?: string;
  readonly to?: string;
  /** Column that services are sorted by, in the order that it begins with unless `dir` is there. */
  readonly sort?: ServiceColumn;
  readonly dir?: 'other';
  /** Text that names have. */
  readonly find?: string;
  /** Only services in this state. */
  readonly state?: ShownState;
  readonly view?: 'map';
  /** Of the map: the id of the node that it is about, and how many steps from it are shown where that is not one. */
  readonly focus?: string;
  readonly steps?: '2' | '3';
  /** What its nodes are grouped by where that is not what suits them, and which groups are open. */
  readonly group?: MapGrouping;
  readonly open?: string;
  /** `0`: it does not go on as data comes. */
  readonly live?: '0';
  /** In percent, where it is not drawn as it fits. */
  readonly zoom?: string;
}

export interface ServiceUrl extends EnvironmentUrl {
  readonly from?: string;
  readonly to?: string;
  /** Fingerprint and service of the error that is open. */
  readonly sel?: string;
}

export interface ErrorsUrl extends EnvironmentUrl {
  readonly from?: string;
  readonly to?: string;
  /** Only its errors. */
  readonly service?: string;
  readonly sort?: 'last' | 'first';
  /** Fingerprint and service of the error that is open. */
  readonly sel?: string;
}

export const TRACE_VIEWS = ['waterfall', 'flame', 'calls', 'statistics', 'compare', 'logs'] as const;
export type TraceViewName = (typeof TRACE_VIEWS)[number];
export interface TraceUrl {
  /** The span that is open, by its key, as wherever one is named here: see `logic/span-key.ts`. */
  readonly span?: string;
  readonly log?: string;
  readonly view?: TraceViewName;
  /** `0`: records have no rows in the waterfall. */
  readonly logs?: '0';
  /** `1`: services whose clocks are wrong are drawn where they belong. */
  readonly clocks?: '1';
  /** `0`: the critical path is not told apart. */
  readonly critical?: '0';
  /** `0`: repeated calls have a row each. */
  readonly repeats?: '0';
  /** Text that names or services have. */
  readonly find?: string;
  /** `1`: only what is found, and what it hangs under, has rows. */
  readonly only?: '1';
  /** Id of the span whose subtree alone is shown. */
  readonly focus?: string;
  /** What is folded in the waterfall, and which part of its time axis is looked at: see `logic/fold-steps.ts` and `logic/time-window.ts`. */
  readonly folds?: string;
  readonly zoom?: string;
  /** Spans of this service, and of this operation of it, are those that are found. */
  readonly service?: string;
  readonly operation?: string;
  /** What the statistics and the call graph count spans by, where it is not what each begins with. */
  readonly by?: Grouping;
  /** Column that the statistics are sorted by, falling unless `dir` says otherwise. */
  readonly sort?: StatisticColumn;
  readonly dir?: 'asc';
  readonly flame?: FlameWay;
  /** Id of a span whose box the flame graph is zoomed to. */
  readonly frame?: string;
  /** Id of the trace that this one is compared with; absent: with healthy ones of the same request. */
  readonly with?: string;
  /** How many of those. */
  readonly peers?: string;
  /** `1`: only what differs from the others has rows. */
  readonly changed?: '1';
}

export const FLOW_VIEWS = ['timeline', 'sequence'] as const;
export type FlowViewName = (typeof FLOW_VIEWS)[number];
export interface FlowUrl {
  /** Id of the span or record that is open. */
  readonly sel?: string;
  readonly view?: FlowViewName;
  /** Loops of the sequence that are unfolded: the ids of the spans or records of their first messages, joined by commas. */
  readonly loops?: string;
  /** Clocks that are off are corrected. */
  readonly clocks?: '1';
}

type RawSearch = Readonly<Record<string, unknown>>;

export function parseSearchUrl(raw: RawSearch): SearchUrl {
  return texts(raw, ['q', 'from', 'to']);
}

export function parseLogsUrl(raw: RawSearch): LogsUrl {
  return {
    ...texts(raw, ['q', 'from', 'to', 'cols', 'sel', 'at', 'of', 'by']),
    ...(raw.order === 'asc' ? { order: 'asc' } : {}),
    ...(raw.wrap === '1' ? { wrap: '1' } : {}),
    ...(raw.live === '1' ? { live: '1' } : {}),
    ...oneOf(raw, 'view', ['patterns', 'stats'] as const),
    ...(raw.rank === 'rare' ? { rank: 'rare' } : {}),
    ...oneOf(raw, 'fig', STAT_FIGURES),
  };
}

export function parseTracesUrl(raw: RawSearch): TracesUrl {
  return {
    ...texts(raw, ['q', 'from', 'to', 'service', 'operation', 'min', 'max', 'status', 'with', 'tmin', 'tmax', 'at']),
    ...(raw.sort === 'slowest' ? { sort: 'slowest' } : {}),
  };
}

export function parseServicesUrl(raw: RawSearch): ServicesUrl {
  return {
    ...texts(raw, ['from', 'to', 'env', 'find', 'focus', 'open']),
    ...oneOf(raw, 'group', MAP_GROUPINGS),
    ...(raw.live === '0' ? { live: '0' } : {}),
    ...oneOf(raw, 'zoom', ['fit'] as const),
    ...(Number(raw.zoom) >= MIN_ZOOM && Number(raw.zoom) <= MAX_ZOOM ? { zoom: String(Math.round(Number(raw.zoom))) } : {}),
    ...oneOf(raw, 'sort', SERVICE_COLUMNS),
    ...oneOf(raw, 'state', SHOWN_STATES),
    ...(raw.view === 'map' ? { view: 'map' } : {}),
    ...oneOf(raw, 'steps', ['2', '3'] as const),
    ...(raw.dir === 'other' ? { dir: 'other' } : {}),
  };
}

export function parseServiceUrl(raw: RawSearch): ServiceUrl {
  return texts(raw, ['from', 'to', 'env', 'sel']);
}

export function parseErrorsUrl(raw: RawSearch): ErrorsUrl {
  return {
    ...texts(raw, ['from', 'to', 'env', 'service', 'sel']),
    ...(raw.sort === 'last' || raw.sort === 'first' ? { sort: raw.sort } : {}),
  };
}

export function parseTraceUrl(raw: RawSearch): TraceUrl {
  const view = TRACE_VIEWS.find((known) => known === raw.view);
  return {
    ...texts(raw, ['span', 'log', 'find', 'focus', 'folds', 'zoom', 'service', 'operation', 'frame', 'with', 'peers']),
    ...oneOf(raw, 'by', GROUPINGS),
    ...oneOf(raw, 'sort', STATISTIC_COLUMNS),
    ...oneOf(raw, 'flame', FLAME_WAYS),
    ...(raw.dir === 'asc' ? { dir: 'asc' } : {}),
    ...(raw.changed === '1' ? { changed: '1' } : {}),
    ...(view === undefined ? {} : { view }),
    ...(raw.logs === '0' ? { logs: '0' } : {}),
    ...(raw.clocks === '1' ? { clocks: '1' } : {}),
    ...(raw.critical === '0' ? { critical: '0' } : {}),
    ...(raw.repeats === '0' ? { repeats: '0' } : {}),
    ...(raw.only === '1' ? { only: '1' } : {}),
  };
}

export function parseFlowUrl(raw: RawSearch): FlowUrl {
  const view = FLOW_VIEWS.find((known) => known === raw.view);
  return {
    ...texts(raw, ['sel', 'loops']),
    ...(view === undefined ? {} : { view }),
    ...(raw.clocks === '1' ? { clocks: '1' } : {}),
  };
}

/** A parameter that has one of a few values, or is absent. */
function oneOf<Name extends string, Value extends string>(raw: RawSearch, name: Name, values: readonly Value[]): { [Key in Name]?: Value } {
  const known = values.find((value) => value === raw[name]);
  const picked: { [Key in Name]?: Value } = {};
  if (known !== undefined) picked[name] = known;
  return picked;
}

/** Only the named parameters, and of those only non-empty text. */
function texts<Name extends string>(raw: RawSearch, names: readonly Name[]): { [Key in Name]?: string } {
  const picked: { [Key in Name]?: string } = {};
  for (const name of names) {
    const value = raw[name];
    if (typeof value === 'string' && value !== '') picked[name] = value;
  }
  return picked;
}

/** An address's search as plain names and values: no JSON in it, so that people can read and write it. */
export function parseSearchText(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** The inverse. Empty and absent values are left out; colons, slashes and commas stay readable. */
export function writeSearchText(search: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === 'number' || (typeof value === 'string' && value !== '')) parameters.set(name, String(value));
  }
  const text = parameters.toString().replace(/%3A/g, ':').replace(/%2F/g, '/').replace(/%2C/g, ',');
  return text === '' ? '' : `?${text}`;
}

/** What an address has several of. */
export function parseList(list: string | undefined): string[] {
  return (list ?? '').split(',').filter(Boolean).map(decode);
}

/** The inverse. Undefined for none: then the address has no such parameter. */
export function writeList(list: readonly string[]): string | undefined {
  return list.length === 0 ? undefined : list.map(encodeURIComponent).join(',');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
