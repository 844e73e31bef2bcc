import type { MessageKey } from '../messages/english.ts';
import { sectionOf } from './section.ts';

type Keys = readonly MessageKey[];

const EVERYWHERE: Keys = [
  'keys.query',
  'keys.time',
  'keys.refresh',
  'keys.shift',
  'keys.logs',
  'keys.traces',
  'keys.flows',
  'keys.services',
  'keys.errors',
  'keys.status',
  'keys.copyLink',
  'keys.all',
];
const ROWS: Keys = ['keys.rows', 'keys.open'];
const ROWS_WITH_DETAILS: Keys = [...ROWS, 'keys.close'];
const OF_LOGS: Keys = ['keys.histogram', 'keys.fields', 'keys.live', 'keys.patterns', 'keys.stats', 'keys.saved', 'keys.wrap'];
const OF_SPANS: Keys = ['keys.close', 'keys.nextError', 'keys.found'];
const OF_WATERFALL: Keys = [
  'keys.fold',
  'keys.critical',
  'keys.focus',
  'keys.foldDepth',
  'keys.foldService',
  'keys.unfoldAll',
  'keys.zoom',
];

/** Keys that do something on a page, by what the list of keys calls them. */
export function keysOfPage(pathname: string, view: unknown): Keys {
  return [...EVERYWHERE, ...keysOfContent(pathname, String(view))];
}

function keysOfContent(pathname: string, view: string): Keys {
  if (pathname === '/logs') return [...keysOfLogs(view), ...OF_LOGS];
  if (pathname.startsWith('/trace/')) return keysOfTrace(view);
  if (pathname.startsWith('/flow/')) return keysOfFlow(view);
  if (pathname === '/services') return ROWS;
  const section = sectionOf(pathname);
  if (section === 'traces' || section === 'flows') return [...ROWS, 'keys.nextError'];
  return section === 'services' || section === 'errors' ? ROWS_WITH_DETAILS : [];
}

function keysOfLogs(view: string): Keys {
  return view === 'patterns' || view === 'stats' ? ROWS : [...ROWS_WITH_DETAILS, 'keys.nextError', 'keys.showNew'];
}

/** Of a view of a trace; of the first one where it is none of them. */
export function keysOfTrace(view: string): Keys {
  if (view === 'logs') return [...ROWS_WITH_DETAILS, 'keys.nextError'];
  if (view === 'flame') return ['keys.rows', ...OF_SPANS, 'keys.flame'];
  if (view === 'calls' || view === 'statistics') return [...ROWS, ...OF_SPANS];
  if (view === 'compare') return [...ROWS, ...OF_SPANS, 'keys.fold'];
  return [...ROWS, ...OF_SPANS, ...OF_WATERFALL];
}

/** As `keysOfTrace`, of a flow. */
export function keysOfFlow(view: string): Keys {
  const keys: Keys = [...ROWS_WITH_DETAILS, 'keys.nextError'];
  return view === 'sequence' ? [...keys, 'keys.fold'] : keys;
}
