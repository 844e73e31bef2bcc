import { describe, expect, it } from 'vitest';
import { firstTraces, flowRecordsQuery, recentFlows } from './recent-flows.ts';
import { logRecord } from './record-fixtures.ts';

describe('flowRecordsQuery', () => {
  it.each([
    ['', 'correlationId:*'],
    ['level:error', 'level:error correlationId:*'],
    ['level:error OR level:fatal', '(level:error OR level:fatal) correlationId:*'],
    ['correlationId:*', 'correlationId:*'],
    ['(level:error', '(level:error'],
  ])('narrows %j to records with an ID', (query, asked) => {
    expect(flowRecordsQuery(query)).toBe(asked);
  });
});

describe('firstTraces', () => {
  const HOUR = 3_600_000;
  const recordAt = (millis: number, correlationId: string, traceId?: string) =>
    logRecord({ correlationId, timeUnixNano: `${millis}000000`, ...(traceId !== undefined && { traceId }) });

  it('are of each flow the one of its oldest record that has one, once each, with an hour around', () => {
    const flows = recentFlows([
      recordAt(9 * HOUR, 'a', 'later'),
      recordAt(8 * HOUR, 'a', 'first'),
      recordAt(7 * HOUR, 'a'),
      recordAt(6 * HOUR, 'b', 'first'),
      recordAt(5 * HOUR, 'c'),
    ]);
    expect(firstTraces(flows)).toEqual([{ traceIds: ['first'], range: { fromMillis: 5 * HOUR, toMillis: 10 * HOUR } }]);
  });

  it('are asked for in parts that more flows do not change', () => {
    const flows = recentFlows(Array.from({ length: 250 }, (_, index) => recordAt(250 * HOUR - index, `flow ${index}`, `trace ${index}`)));
    const parts = firstTraces(flows);
    expect(parts.map(({ traceIds }) => traceIds.length)).toEqual([100, 100, 50]);
    expect(firstTraces(flows.slice(0, 200))).toEqual(parts.slice(0, 2));
  });

  it('are none where no record has one, and of no time before 1970', () => {
    expect(firstTraces(recentFlows([recordAt(HOUR, 'a')]))).toEqual([]);
    expect(firstTraces(recentFlows([recordAt(HOUR / 2, 'a', 't')]))[0]?.range.fromMillis).toBe(0);
  });
});
