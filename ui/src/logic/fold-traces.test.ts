import type { FlowSummary } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { foldTraces } from './fold-traces.ts';

type FlowTrace = FlowSummary['traces'][number];

const trace = (traceId: string, fields: Partial<FlowTrace> = {}): FlowTrace => ({
  traceId,
  rootService: 'notify',
  rootOperation: 'process notifications',
  rootSpanId: 's',
  rootStartTimeUnixNano: '0',
  rootDurationNano: '120000000',
  startTimeUnixNano: '0',
  durationNano: '120000000',
  spanCount: 1,
  errorCount: 1,
  services: [],
  joinedBy: 'correlationId',
  ...fields,
});
const folded = (traces: readonly FlowTrace[]) => foldTraces(traces).map((fold) => fold.map(({ traceId }) => traceId).join(' '));

describe('foldTraces', () => {
  it('tells a message that is delivered again and again as one, whatever else is between', () => {
    const redelivered = Array.from({ length: 40 }, (_, place) => trace(`r${place}`));
    const folds = foldTraces([
      trace('publish', { rootService: 'orders' }),
      ...redelivered.slice(0, 20),
      trace('x', { rootService: 'web' }),
    ]);
    expect(folds.map(({ length }) => length)).toEqual([1, 20, 1]);
    expect(foldTraces(redelivered).map((fold) => [fold[0].traceId, fold.length])).toEqual([['r0', 40]]);
    expect(folded([trace('a'), trace('x', { rootService: 'web' }), trace('b'), trace('c')])).toEqual(['a b c', 'x']);
  });

  it('keeps two apart, and those that differ in what is said of them', () => {
    expect(folded([trace('a'), trace('b')])).toEqual(['a', 'b']);
    expect(
      folded([
        trace('a'),
        trace('b'),
        trace('c', { errorCount: 0 }),
        trace('d', { joinedBy: 'link' }),
        trace('e', { rootOperation: 'retry' }),
      ]),
    ).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
