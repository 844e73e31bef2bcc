import { ROOT_CONTEXT, type Span, type SpanContext, SpanStatusCode, trace } from '@opentelemetry/api';
import { createAlwaysRecordSampler, type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConsistentSampler, ParentThresholdSampler } from './consistent-sampler.ts';
import { PART_ATTRIBUTE, TailSpanProcessor } from './tail-span-processor.ts';
import { thresholdOf } from './threshold.ts';

/** In a trace that the head keeps, and in one that it leaves out. */
const SAMPLED = remote('ff000000000000', 1);
const UNSAMPLED = remote('01000000000000', 0);

function remote(randomness: string, traceFlags: number): SpanContext {
  return { traceId: `${'a'.repeat(18)}${randomness}`, spanId: 'b7ad6b7169203331', traceFlags, isRemote: true };
}

describe('TailSpanProcessor', () => {
  let received: ReadableSpan[] = [];
  const sink: SpanProcessor = {
    onStart: () => undefined,
    onEnd: (span) => void received.push(span),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  let tail: TailSpanProcessor;
  let provider: TracerProvider;

  beforeEach(() => {
    vi.useFakeTimers();
    received = [];
    tail = new TailSpanProcessor({ slowMillis: 1000, hasThreshold: true, nowMillis: () => performance.now() }, sink);
    provider = new TracerProvider({
      sampler: createAlwaysRecordSampler(new ParentThresholdSampler(new ConsistentSampler(thresholdOf(0.01)))),
      spanProcessors: [tail],
    });
  });
  afterEach(() => vi.useRealTimers());

  const start = (name: string, parent: SpanContext): Span =>
    provider.getTracer('test').startSpan(name, {}, trace.setSpanContext(ROOT_CONTEXT, parent));
  const fail = (span: Span): void => {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  };
  const sent = (): (readonly [name: string, part: unknown, traceState: string | undefined])[] =>
    received.map((span) => [span.name, span.attributes[PART_ATTRIBUTE], span.spanContext().traceState?.serialize()]);

  it('hands on what the head sampled when the part is over, and nothing else of what went well', () => {
    for (const parent of [SAMPLED, UNSAMPLED]) {
      const root = start('root', parent);
      start('child', root.spanContext()).end();
      expect(sent()).toEqual([]);
      root.end();
      if (parent === SAMPLED) expect(sent().map(([name]) => name)).toEqual(['child', 'root']);
      received = [];
    }
  });

  it('keeps the part of a trace with an error, also what ended before it, marked as a part', () => {
    const root = start('root', UNSAMPLED);
    start('before', root.spanContext()).end();
    fail(start('failed', root.spanContext()));
    expect(sent()).toEqual([
      ['before', 'error', 'ot=th:0'],
      ['failed', 'error', 'ot=th:0'],
    ]);
    const after = start('after', root.spanContext());
    root.end();
    after.end();
    start('a job after the response', root.spanContext()).end();
    expect(sent().slice(2)).toEqual([
      ['root', 'error', 'ot=th:0'],
      ['after', 'error', 'ot=th:0'],
      ['a job after the response', 'error', 'ot=th:0'],
    ]);
    expect(received.every((span) => span.spanContext().traceFlags === 1)).toBe(true);
    expect(root.spanContext().traceFlags).toBe(0);
  });

  it('marks no part when the head sampled the trace, which then stands for itself alone', () => {
    const root = provider.getTracer('test').startSpan('root', {}, trace.setSpanContext(ROOT_CONTEXT, SAMPLED));
    fail(root);
    expect(sent()).toEqual([['root', undefined, 'ot=th:0']]);
  });

  it('keeps what was slow, but not for waiting for a message', () => {
    const poll = start('poll', UNSAMPLED);
    poll.setAttribute('messaging.operation.type', 'receive');
    const slow = start('slow', remote('02000000000000', 0));
    vi.advanceTimersByTime(1000);
    poll.end();
    slow.end();
    expect(sent()).toEqual([['slow', 'slow', 'ot=th:0']]);
  });

  it('keeps each of a thousand errors', () => {
    for (let index = 0; index < 1000; index += 1) fail(start('failed', remote(index.toString(16).padStart(14, '0'), 0)));
    expect(sent()).toHaveLength(1000);
  });

  it('judges a part that goes on for long by what is known, and what comes later by itself', () => {
    const root = start('root', UNSAMPLED);
    start('early', root.spanContext()).end();
    vi.advanceTimersByTime(30_000);
    fail(start('late', root.spanContext()));
    root.end();
    expect(sent().map(([name]) => name)).toEqual(['late', 'root']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('holds no more than its bound, and hands on of the oldest what the head sampled', () => {
    const oldest = start('oldest', SAMPLED);
    start('first', oldest.spanContext()).end();
    const second = start('second', UNSAMPLED);
    for (let index = 0; index < 8192; index += 1) start('child', second.spanContext()).end();
    expect(sent().map(([name]) => name)).toEqual(['first']);
    fail(second);
    expect(sent()).toHaveLength(8194);
  });

  it('forgets spans that never end, and judges what is held of their trace', () => {
    const endless = start('endless', SAMPLED);
    start('child', endless.spanContext()).end();
    for (let index = 0; index < 8192; index += 1) start('endless', remote(index.toString(16).padStart(14, '0'), 0));
    expect(sent().map(([name]) => name)).toEqual(['child']);
  });

  it('drops at a shutdown what went well', async () => {
    start('well', UNSAMPLED).end();
    await provider.shutdown();
    expect(sent()).toEqual([]);
  });

  it('keeps at the end of the process what is not over', () => {
    const root = start('root', UNSAMPLED);
    start('child', root.spanContext()).end();
    tail.releaseAll();
    root.end();
    expect(sent()).toEqual([
      ['child', 'unfinished', 'ot=th:0'],
      ['root', 'unfinished', 'ot=th:0'],
    ]);
  });

  it('leaves tracestate alone when thresholds are switched off', () => {
    const plain = new TailSpanProcessor({ slowMillis: 1000, hasThreshold: false, nowMillis: () => performance.now() }, sink);
    provider = new TracerProvider({ sampler: createAlwaysRecordSampler(new ConsistentSampler(undefined)), spanProcessors: [plain] });
    fail(start('failed', UNSAMPLED));
    expect(sent()).toEqual([['failed', 'error', undefined]]);
  });
});
