import { describe, expect, it } from 'vitest';
import { indexLog } from '../../model/indexed-record.ts';
import { bulkBodies } from './bulk-body.ts';

const NAMES = { arrivalTimeUnixNano: '1', resource: { attributes: [] }, scope: { attributes: [] }, attributes: [] };

function buildLogs(count: number, message: string) {
  return Array.from({ length: count }, (_, number) =>
    indexLog({ timeUnixNano: '1', observedTimeUnixNano: '0', body: { stringValue: message }, ...NAMES, id: `${number}` }),
  );
}

/** How many records there are in each body. */
function countsOf(count: number, message: string): number[] {
  return [...bulkBodies(buildLogs(count, message), 'full')].map((body) => {
    body.release();
    return body.count;
  });
}

describe('the bodies of bulk requests', () => {
  it('have at most so many records, or somewhat more where that is all there is', () => {
    expect(countsOf(4_999, 'small')).toEqual([4_999]);
    expect(countsOf(7_500, 'small')).toEqual([7_500]);
    expect(countsOf(7_501, 'small')).toEqual([5_000, 2_501]);
    expect(countsOf(17_000, 'small')).toEqual([5_000, 5_000, 7_000]);
  });

  it('have at most so many bytes, or somewhat more where that is all there is', () => {
    // Four thousand bytes in the message, and again in the record's text.
    const large = 'x'.repeat(4_000);
    const [first = 0, second] = countsOf(5_000, large);
    expect(first).toBeGreaterThan(900);
    expect(first).toBeLessThan(1_050);
    expect(second).toBe(first);
    const most = Math.floor(first * 1.5);
    expect(countsOf(most, large)).toEqual([most]);
    expect(countsOf(most + 2, large)).toEqual([first, most + 2 - first]);
  });
});
