import { type Context, ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import { AlwaysOffSampler, type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenSpanProcessor } from './open-span-processor.ts';

describe('OpenSpanProcessor', () => {
  let announced: string[] = [];
  /** Those that end when no more is waited for. */
  const finishing: Span[] = [];
  let processor: OpenSpanProcessor;
  let provider: TracerProvider;
  const start = (name: string, context: Context = ROOT_CONTEXT) => provider.getTracer('test').startSpan(name, {}, context);

  beforeEach(() => {
    vi.useFakeTimers();
    announced = [];
    processor = new OpenSpanProcessor({
      announce: ({ name }: ReadableSpan) => void announced.push(name),
      finish: () => {
        for (const span of finishing.splice(0)) span.end();
      },
      nowMillis: Date.now,
    });
    provider = new TracerProvider({ spanProcessors: [processor] });
  });
  afterEach(() => vi.useRealTimers());

  it('announces a span that is open after two seconds, once', async () => {
    const span = start('long');
    await vi.advanceTimersByTimeAsync(1999);
    expect(announced).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(announced).toEqual(['long']);
    await vi.advanceTimersByTimeAsync(60_000);
    span.end();
    expect(announced).toEqual(['long']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says nothing of a span that ended before', async () => {
    start('short').end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(announced).toEqual([]);
  });

  it('announces each at its own time, with one timer for all of them', async () => {
    start('first');
    await vi.advanceTimersByTimeAsync(500);
    start('second');
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1500);
    expect(announced).toEqual(['first']);
    await vi.advanceTimersByTimeAsync(500);
    expect(announced).toEqual(['first', 'second']);
  });

  it('waits whole milliseconds, whatever the clock says below them', async () => {
    const delays = vi.spyOn(globalThis, 'setTimeout');
    let looks = 0;
    processor = new OpenSpanProcessor({
      announce: ({ name }: ReadableSpan) => void announced.push(name),
      finish: () => undefined,
      nowMillis: () => Date.now() + (looks++ % 3) / 8,
    });
    provider = new TracerProvider({ spanProcessors: [processor] });
    start('first');
    await vi.advanceTimersByTimeAsync(500);
    start('second');
    await vi.advanceTimersByTimeAsync(2001);
    expect(announced).toEqual(['first', 'second']);
    expect(delays.mock.calls.map(([, millis]) => Number(millis) % 1)).toEqual(delays.mock.calls.map(() => 0));
  });

  it('ends what is done with unless more comes, when it is flushed and at the end', async () => {
    const flushed = start('flushed');
    finishing.push(flushed);
    await processor.forceFlush();
    expect(flushed.isRecording()).toBe(false);
    finishing.push(start('finished'));
    start('open');
    processor.announceAll();
    expect(announced).toEqual(['open']);
  });

  it('says nothing of what is not sampled', async () => {
    provider = new TracerProvider({ spanProcessors: [processor], sampler: new AlwaysOffSampler() });
    start('unsampled');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(announced).toEqual([]);
  });

  it('announces what is open when the process ends or the SDK is shut down, once', async () => {
    start('one');
    processor.announceAll();
    start('two');
    await processor.shutdown();
    processor.announceAll();
    expect(announced).toEqual(['one', 'two']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
