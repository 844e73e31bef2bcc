import { type FlowGraph, serviceOf, systemOf } from './flow.ts';
import type { ReceivedLog, ReceivedSpan } from './received-records.ts';

/** One word of an expectation. */
export type Step =
  | { readonly kind: 'from' | 'through' | 'to'; readonly name: string }
  | { readonly kind: 'logging'; readonly text: string | RegExp };

/** Where an expectation stops; undefined when all of it is so. */
export interface UnmetStep {
  readonly index: number;
  /** What there was in its place. */
  readonly reason: string;
}

/**
 * Goes through the flow step by step, from the spans that one step found to those that come after them. A flow of log records
 * alone begins where they were written, and leads nowhere.
 */
export function findUnmetStep(flow: FlowGraph, steps: readonly Step[]): UnmetStep | undefined {
  const [first] = steps;
  // A record that belongs to a span may be here before that.
  if (first?.kind === 'from' && flow.spans.length === 0 && flow.logs.every((log) => log.spanId === ''))
    return findUnmetInLogs(flow, steps, first.name);
  let current: readonly ReceivedSpan[] = flow.roots;
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'logging') {
      const reason = findLog(flow, current, step.text);
      if (reason !== undefined) return { index, reason };
      continue;
    }
    const candidates = candidatesOf(flow, current, step.kind);
    const found = candidates.filter((span) => (step.kind === 'through' ? goesOver(span, step.name) : serviceOf(span) === step.name));
    if (found.length === 0) return { index, reason: reasonOf(step.kind, candidates) };
    current = found;
  }
  return undefined;
}

function findUnmetInLogs(flow: FlowGraph, steps: readonly Step[], service: string): UnmetStep | undefined {
  const current = flow.logs.filter((log) => serviceOf(log) === service);
  if (current.length === 0) {
    return { index: 0, reason: flow.logs.length === 0 ? 'nothing began' : `it begins in ${listOf(flow.logs.map(serviceOf))}` };
  }
  for (const [index, step] of steps.entries()) {
    if (index === 0) continue;
    const reason = step.kind === 'logging' ? findLog(flow, current, step.text) : 'it has log records alone, and no spans';
    if (reason !== undefined) return { index, reason };
  }
  return undefined;
}

/** As the expectation was written. */
export function describeSteps(steps: readonly Step[]): string {
  return steps.map((step) => `${step.kind} ${step.kind === 'logging' ? String(step.text) : step.name}`).join(' ');
}

function candidatesOf(flow: FlowGraph, current: readonly ReceivedSpan[], kind: 'from' | 'through' | 'to'): readonly ReceivedSpan[] {
  if (kind === 'from') return current;
  const after = allAfter(flow, current);
  // What is gone through may be the very span that is at hand; what is gone to is another.
  return kind === 'to' ? after : [...new Set([...current, ...after])];
}

function allAfter(flow: FlowGraph, spans: readonly ReceivedSpan[]): readonly ReceivedSpan[] {
  const found = new Set<ReceivedSpan>();
  const queue = [...spans];
  for (let span = queue.pop(); span !== undefined; span = queue.pop()) {
    for (const next of flow.after(span)) {
      if (found.has(next)) continue;
      found.add(next);
      queue.push(next);
    }
  }
  return [...found];
}

/** A messaging system, a database, `http`, `grpc`, a destination, or a service on the way. `sqs` is `aws_sqs`, `sns` is `aws.sns`. */
function goesOver(span: ReceivedSpan, name: string): boolean {
  const system = systemOf(span);
  if (system === name || system?.endsWith(`_${name}`) === true || system?.endsWith(`.${name}`) === true) return true;
  return serviceOf(span) === name || span.attributes['messaging.destination.name'] === name;
}

function findLog(flow: FlowGraph, current: readonly (ReceivedSpan | ReceivedLog)[], text: string | RegExp): string | undefined {
  const services = new Set(current.map(serviceOf));
  const bodies = flow.logs.filter((log) => services.has(serviceOf(log))).map((log) => String(log.body));
  if (bodies.some((body) => (typeof text === 'string' ? body === text : body.search(text) !== -1))) return undefined;
  const names = [...services].join(', ');
  return bodies.length === 0 ? `${names} logged nothing` : `${names} logged ${bodies.map((body) => JSON.stringify(body)).join(', ')}`;
}

function reasonOf(kind: 'from' | 'through' | 'to', candidates: readonly ReceivedSpan[]): string {
  if (candidates.length === 0) return kind === 'from' ? 'nothing began' : 'nothing comes after it';
  if (kind === 'from') return `it begins in ${listOf(candidates.map(serviceOf))}`;
  if (kind === 'to') return `it goes on to ${listOf(candidates.map(serviceOf))}`;
  const over = candidates.map(systemOf).filter((system) => system !== undefined);
  return over.length === 0 ? 'it stays in its process' : `it goes over ${listOf(over)}`;
}

function listOf(names: readonly string[]): string {
  return [...new Set(names)].join(', ');
}
