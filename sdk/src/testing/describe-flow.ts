import { type FlowGraph, serviceOf, systemOf } from './flow.ts';
import type { ReceivedLog, ReceivedSpan } from './received-records.ts';

/** OTLP's numbers of span kinds. */
const KINDS = ['', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
/** A message of a failed test is read by a person. */
const MAX_LINES = 200;
const MAX_BODY_CHARACTERS = 120;

/** The flow as a tree, a line a span in causal order, with its log records below it. */
export function describeFlow(flow: FlowGraph): string {
  const lines: string[] = [];
  const shown = new Set<ReceivedSpan>();
  const show = (span: ReceivedSpan, depth: number): void => {
    if (shown.has(span)) return;
    shown.add(span);
    lines.push(`${'  '.repeat(depth)}${describeSpan(span)}`);
    for (const log of flow.logs) if (log.spanId === span.spanId) lines.push(`${'  '.repeat(depth + 1)}${describeLog(log)}`);
    for (const next of flow.after(span)) show(next, depth + 1);
  };
  for (const root of flow.roots) show(root, 1);
  const known = new Set(flow.spans.map((span) => span.spanId));
  for (const log of flow.logs) if (!known.has(log.spanId)) lines.push(`  ${describeLog(log)}`);
  if (lines.length <= MAX_LINES) return lines.join('\n');
  return [...lines.slice(0, MAX_LINES), `  … and ${lines.length - MAX_LINES} lines more`].join('\n');
}

function describeSpan(span: ReceivedSpan): string {
  const system = systemOf(span);
  const millis = Number(span.endTimeUnixNano - span.startTimeUnixNano) / 1e6;
  const parts = [serviceOf(span), KINDS[span.kind] ?? '', span.name, system === undefined ? '' : `(${system})`, `${millis.toFixed(1)} ms`];
  return [...parts, span.statusCode === 2 ? 'ERROR' : ''].filter((part) => part !== '').join(' ');
}

function describeLog(log: ReceivedLog): string {
  const body = typeof log.body === 'string' ? log.body : JSON.stringify(log.body);
  const text = body === undefined ? '' : body.slice(0, MAX_BODY_CHARACTERS);
  return `log ${serviceOf(log)} ${log.severityText} ${JSON.stringify(text)}`;
}
