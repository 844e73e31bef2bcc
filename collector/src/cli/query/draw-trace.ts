import { serviceOf } from '../../analysis/typed-attributes.ts';
import type { Span, TraceAnswer } from '../../api/index.ts';
import { fit, type Terminal } from '../terminal.ts';
import { formatTime } from './format-log.ts';

const ERROR = 2;
/** Shares of the line: names, bars; the rest are durations. */
const NAME_SHARE = 0.45;
const DURATION_CHARACTERS = 10;
const MAX_INDENT = 20;

interface Row {
  readonly span: Span;
  readonly depth: number;
}

/** A trace as a waterfall: one line a span, a parent before its children, each with its service, its place in the time of the whole, and its duration. */
export function drawTrace({ summary, spans, logs }: Pick<TraceAnswer, 'summary' | 'spans' | 'logs'>, terminal: Terminal): string {
  const start = spans.reduce((least, { startTimeUnixNano }) => min(least, BigInt(startTimeUnixNano)), BigInt(summary.startTimeUnixNano));
  const end = spans.reduce((greatest, { endTimeUnixNano }) => max(greatest, BigInt(endTimeUnixNano)), start);
  const nameColumns = Math.floor(terminal.columns * NAME_SHARE);
  const barColumns = terminal.columns - nameColumns - DURATION_CHARACTERS - 2;
  const lines = rowsOf(spans).map(({ span, depth }) => {
    const isError = span.status?.code === ERROR;
    const service = serviceOf(span) || '-';
    const name = fit(`${' '.repeat(Math.min(depth * 2, MAX_INDENT))}${isError ? '✗ ' : ''}${span.name}  ${service}`, nameColumns);
    const duration = shortDuration(max(0n, BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano))).padStart(DURATION_CHARACTERS);
    const bar = barOf(span, { start, end, columns: barColumns });
    return `${isError ? terminal.style(name, 'red') : name} ${terminal.style(bar, isError ? 'red' : 'cyan')} ${duration}`;
  });
  const services = summary.services.map((service) => service.name || '-').join(', ');
  const head = [
    `Trace ${terminal.style(summary.traceId, 'bold')}  ${formatTime(summary.startTimeUnixNano)}  ${shortDuration(BigInt(summary.durationNano))}`,
    `${summary.spanCount} spans, ${summary.errorCount} with an error, ${logs.length} logs; services: ${fit(services, Math.max(20, terminal.columns - 50)).trimEnd()}`,
  ];
  return `${[...head, '', ...lines].join('\n')}\n`;
}

/** By start; a span whose parent is not there stands at the left. A span that is its own ancestor is shown once, at the end. */
function rowsOf(spans: readonly Span[]): Row[] {
  const sorted = spans.toSorted((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));
  const known = new Set(sorted.map(({ spanId }) => spanId));
  const children = Map.groupBy(sorted, ({ parentSpanId, spanId }) =>
    parentSpanId !== undefined && parentSpanId !== spanId && known.has(parentSpanId) ? parentSpanId : '',
  );
  const rows: Row[] = [];
  const shown = new Set<Span>();
  const waiting: Row[] = (children.get('') ?? []).map((span) => ({ span, depth: 0 })).reverse();
  const show = (): void => {
    for (let row = waiting.pop(); row; row = waiting.pop()) {
      if (shown.has(row.span)) continue;
      shown.add(row.span);
      rows.push(row);
      for (const child of (children.get(row.span.spanId) ?? []).toReversed()) waiting.push({ span: child, depth: row.depth + 1 });
    }
  };
  show();
  for (const span of sorted) {
    if (shown.has(span)) continue;
    waiting.push({ span, depth: 0 });
    show();
  }
  return rows;
}

function barOf(span: Span, { start, end, columns }: { readonly start: bigint; readonly end: bigint; readonly columns: number }): string {
  const whole = Number(end - start);
  const place = (nanos: string): number => (whole === 0 ? 0 : (Number(BigInt(nanos) - start) / whole) * columns);
  const from = Math.min(columns - 1, Math.floor(place(span.startTimeUnixNano)));
  const length = Math.max(1, Math.round(place(span.endTimeUnixNano) - place(span.startTimeUnixNano)));
  return fit(`${' '.repeat(from)}${'━'.repeat(Math.min(length, columns - from))}`, columns);
}

function min(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}

function max(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

const UNITS = [
  ['h', 3_600_000_000_000],
  ['min', 60_000_000_000],
  ['s', 1_000_000_000],
  ['ms', 1_000_000],
  ['µs', 1_000],
] as const;

/** With three digits: `1.24 s`, `842 ms`. */
function shortDuration(nanos: bigint): string {
  for (const [unit, size] of UNITS) {
    const amount = Number(nanos) / size;
    if (amount >= 1) return `${amount >= 100 ? Math.round(amount) : amount.toPrecision(3)} ${unit}`;
  }
  return `${nanos} ns`;
}
