import { expect } from 'vitest';
import { waitFor } from '../app-process.ts';
import type { LogLine, SpanLine } from '../otlp.ts';
import type { ScriptedCollector } from '../scripted-collector.ts';
import { flowOf, logOf, serverSpanOf } from './transport-app.ts';

const RECEIVE_KIND = 3;
const PRODUCER_KIND = 4;
const CONSUMER_KIND = 5;

/** What a test knows of one message. */
export interface SentMessage {
  /** The correlation id of the request that sent it. */
  readonly id: string;
  /** The logs that its handler wrote, in order. */
  readonly logs: readonly string[];
  /** Whether somebody fetched it, with a receive span of its own trace; else the broker pushed it. */
  readonly isFetched: boolean;
  /** False where only the trace could travel, not the id. */
  readonly hasId?: boolean;
}

/**
 * The message was handled in its own flow: every log of its handler has the id and the trace of the request that sent
 * it, the process span is a child of the producer's span, links to it and to the receive span, and that one is in a trace of
 * its own and links back. Answers the process span.
 */
export async function expectHandled(collector: ScriptedCollector, { id, logs, isFetched, hasId = true }: SentMessage): Promise<SpanLine> {
  const lines: LogLine[] = await Promise.all(logs.map((body) => logOf(collector, body)));
  const server = await serverSpanOf(collector, id);
  for (const line of lines) expect({ body: line.body, traceId: line.traceId }).toEqual({ body: line.body, traceId: server.traceId });
  if (hasId) for (const line of lines) expect(line.attributes['correlation.id']).toBe(id);
  const processId = lines[0]?.spanId ?? '';
  const isThere = (): boolean => collector.spans.some(({ spanId }) => spanId === processId);
  await waitFor(`the process span of “${logs[0]}”`, isThere);
  const process = found(collector.spans.find(({ spanId }) => spanId === processId));
  expect(new Set(lines.map(({ spanId }) => spanId)).size).toBe(1);
  expect(process).toMatchObject({ kind: CONSUMER_KIND, traceId: server.traceId, attributes: { 'messaging.operation.type': 'process' } });
  const producer = found(collector.spans.find(({ spanId }) => spanId === process.parentSpanId));
  expect(producer).toMatchObject({ kind: PRODUCER_KIND, traceId: server.traceId });
  const linked = process.links.map(({ spanId }) => spanId);
  expect(linked).toContain(producer.spanId);
  if (!isFetched) return process;
  const receive = found(collector.spans.find(({ spanId, kind }) => kind === RECEIVE_KIND && linked.includes(spanId)));
  expect(receive.attributes).toMatchObject({ 'messaging.operation.type': 'receive' });
  expect(receive.links.map(({ spanId }) => spanId)).toContain(producer.spanId);
  expect(receive.traceId).not.toBe(server.traceId);
  expect(receive.attributes['correlation.id']).not.toBe(id);
  return process;
}

/** `expectHandled`, and the process span ends after all that its handler logged. */
export async function expectCovered(collector: ScriptedCollector, message: SentMessage): Promise<SpanLine> {
  const process = await expectHandled(collector, message);
  const lines = await Promise.all(message.logs.map((body) => logOf(collector, body)));
  for (const { timeUnixNano } of lines) expect(process.endTimeUnixNano).toBeGreaterThanOrEqual(timeUnixNano);
  return process;
}

/**
 * With `THREADLINE_SDK_MESSAGE_PARENT=link`: the message was handled in a trace of the consumer's own, under its id. Its process span is
 * a child of the receive span, or of nothing where the broker pushed the message, and links to the span that created it.
 */
export async function expectHandledLinked(collector: ScriptedCollector, { id, logs, isFetched }: SentMessage): Promise<void> {
  const lines: LogLine[] = await Promise.all(logs.map((body) => logOf(collector, body)));
  const server = await serverSpanOf(collector, id);
  const processId = lines[0]?.spanId ?? '';
  const find = (): SpanLine | undefined => collector.spans.find(({ spanId }) => spanId === processId);
  await waitFor(`the process span of “${logs[0]}”`, () => find() !== undefined);
  const process = found(find());
  for (const line of lines) {
    expect(line).toMatchObject({ traceId: process.traceId, spanId: process.spanId, attributes: { 'correlation.id': id } });
  }
  expect(process).toMatchObject({ kind: CONSUMER_KIND, attributes: { 'correlation.id': id, 'messaging.operation.type': 'process' } });
  expect(process.traceId).not.toBe(server.traceId);
  const linked = process.links.map(({ spanId }) => spanId);
  const producer = found(collector.spans.find(({ spanId, kind }) => kind === PRODUCER_KIND && linked.includes(spanId)));
  expect(producer.traceId).toBe(server.traceId);
  const parent = collector.spans.find(({ spanId }) => spanId === process.parentSpanId);
  if (isFetched) expect(parent).toMatchObject({ kind: RECEIVE_KIND, traceId: process.traceId });
  else expect(process.parentSpanId).toBe('');
}

/** No span and no log of the consumer's is in the flow of a request that only happened to create it. */
export async function expectOnlyServerSpan(collector: ScriptedCollector, id: string, allowed: readonly string[] = []): Promise<void> {
  const server = await serverSpanOf(collector, id);
  const foreign = collector.spans.filter(
    ({ traceId, spanId, name }) => traceId === server.traceId && spanId !== server.spanId && !allowed.includes(name),
  );
  expect(foreign.map(({ name }) => name)).toEqual([]);
  expect(flowOf(collector, id).logs).toEqual([]);
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected it to be there');
  return value;
}
