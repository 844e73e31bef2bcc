import type { TraceSummary } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { choosePeers, traceIdIn } from './trace-peers.ts';

const summary = (traceId: string, change: Partial<TraceSummary> = {}): TraceSummary => ({
  traceId,
  rootService: 'gateway',
  rootOperation: 'POST /checkout',
  rootSpanId: '1',
  rootStartTimeUnixNano: '1',
  rootDurationNano: '1',
  startTimeUnixNano: '1',
  durationNano: '1',
  spanCount: 5,
  errorCount: 0,
  services: [],
  ...change,
});
const choice = { traceId: 'this', service: 'gateway', operation: 'POST /checkout', count: 2 };

describe('choosePeers', () => {
  it('takes the first healthy traces of the same root, and says what it did not take', () => {
    const found = [
      summary('this', { errorCount: 1 }),
      summary('failed', { errorCount: 1 }),
      summary('inner', { rootService: 'cron' }),
      summary('broken', { rootMissing: true }),
      summary('huge', { spanCount: 400_000 }),
      summary('one'),
      summary('two'),
      summary('three'),
    ];
    const { traces, ...counts } = choosePeers(found, choice);
    expect(traces.map(({ traceId }) => traceId)).toEqual(['one', 'two']);
    expect(counts).toEqual({ lookedAt: 5, failed: 1, tooLarge: 1 });
  });
});

describe('traceIdIn', () => {
  const id = '0123456789abcdef0123456789abcdef';

  it('finds an ID by itself and in an address of a trace', () => {
    expect(traceIdIn(` ${id.toUpperCase()} `)).toBe(id);
    expect(traceIdIn(`http://localhost:4319/trace/${id}?view=flame`)).toBe(id);
    expect([traceIdIn('none'), traceIdIn(`${id}0`), traceIdIn('')]).toEqual([undefined, undefined, undefined]);
  });
});
