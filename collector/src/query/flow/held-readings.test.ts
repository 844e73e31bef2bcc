import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Span } from '../../api/index.ts';
import { indexSpan } from '../../model/indexed-record.ts';
import type { FlowReading } from './flow-reading.ts';
import { createHeldReadings } from './held-readings.ts';

const context = { tenant: 'default', deadline: Number.POSITIVE_INFINITY, signal: new AbortController().signal };

function request(correlationId: string) {
  return { correlationId, range: {}, episodeFromNanos: undefined };
}

/** Of one span with an event of so many characters. */
function reading(characters = 0): FlowReading {
  const span: Span = {
    id: 'span',
    traceId: '1'.repeat(32),
    spanId: '1'.repeat(16),
    name: 'span',
    startTimeUnixNano: '1',
    endTimeUnixNano: '2',
    arrivalTimeUnixNano: '3',
    attributes: [],
    events: [{ timeUnixNano: '1', name: 'exception', attributes: [{ key: 'stack', value: { stringValue: 'x'.repeat(characters) } }] }],
    resource: { attributes: [] },
    scope: { attributes: [] },
  };
  const { timeNanos, sequence, id } = indexSpan(span);
  const rows = [{ key: { timeNanos, sequence, id }, record: span }];
  return {
    scope: { correlationId: '', traceIds: new Set(), query: { type: 'all' }, range: {}, episodes: [], episode: undefined, warnings: [] },
    logQuery: { type: 'all' },
    summary: {
      correlationId: '',
      startTimeUnixNano: '1',
      durationNano: '1',
      spanCount: 1,
      logCount: 0,
      errorCount: 0,
      services: [],
      traces: [],
      missing: [],
      complete: true,
    },
    warnings: [],
    window: { own: rows, joined: [], messageLogs: [], ordered: rows, nextStart: undefined, partial: undefined, warnings: [] },
    windowStart: undefined,
    counts: { spans: 1, logs: 0 },
    begunAtMillis: performance.now(),
  };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

it('has a reading for the page after, until the last one is answered', () => {
  const readings = createHeldReadings();
  const one = reading();
  readings.hold(request('one'), one, context);
  expect(readings.find(request('one'), context)).toBe(one);
  expect(readings.find(request('one'), context)).toBe(one);
  expect(readings.find(request('two'), context)).toBeUndefined();
  expect(readings.find({ ...request('one'), range: { fromNanos: 1n } }, context)).toBeUndefined();
  expect(readings.find({ ...request('one'), episodeFromNanos: 1n }, context)).toBeUndefined();
  expect(readings.find(request('one'), { ...context, tenant: 'other' })).toBeUndefined();
  readings.drop(request('one'), context);
  expect(readings.find(request('one'), context)).toBeUndefined();
});

it('lets go of those whose latest pages are oldest when all are too large, and holds none that is by itself', () => {
  const readings = createHeldReadings({ maxCharacters: 10_000 });
  readings.hold(request('first'), reading(3_000), context);
  readings.hold(request('second'), reading(3_000), context);
  readings.hold(request('first'), reading(3_000), context);
  readings.hold(request('huge'), reading(10_000), context);
  const isHeld = (id: string) => readings.find(request(id), context) !== undefined;
  expect(['first', 'second', 'huge'].map(isHeld)).toEqual([true, true, false]);
  readings.hold(request('third'), reading(3_000), context);
  expect(['first', 'second', 'third'].map(isHeld)).toEqual([true, false, true]);
});

it('lets go of a reading half a minute after it was begun, however many pages were asked for', () => {
  const readings = createHeldReadings();
  const one = reading();
  readings.hold(request('one'), one, context);
  vi.advanceTimersByTime(29_000);
  readings.hold(request('one'), readings.find(request('one'), context) ?? reading(), context);
  expect(readings.find(request('one'), context)).toBe(one);
  vi.advanceTimersByTime(1_000);
  expect(readings.find(request('one'), context)).toBeUndefined();
});

it('keeps no timer once nothing is held', () => {
  const readings = createHeldReadings();
  readings.hold(request('one'), reading(), context);
  vi.advanceTimersByTime(10_000);
  readings.hold(request('two'), reading(), context);
  vi.advanceTimersByTime(60_000);
  expect(vi.getTimerCount()).toBe(0);
});

it('holds nothing that is partial or could not be counted', () => {
  const readings = createHeldReadings();
  const one = reading();
  readings.hold(request('one'), { ...one, counts: undefined }, context);
  readings.hold(request('two'), { ...one, window: { ...one.window, partial: { searchedFromNanos: 1n, reason: 'slow' } } }, context);
  expect([readings.find(request('one'), context), readings.find(request('two'), context)]).toEqual([undefined, undefined]);
});
