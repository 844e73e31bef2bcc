import type { LogRecord } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { addArrivals, addBacklog, arrivalRate, type LiveRows, MAX_LIVE_ROWS, NO_LIVE_ROWS, showWaiting } from './live-rows.ts';
import { logRecord } from './record-fixtures.ts';

const records = (...ids: string[]): LogRecord[] => ids.map((id) => logRecord({ id }));
const arrivals = (...ids: string[]) => ({ records: records(...ids), skipped: 0, unread: 0 });
const ids = (rows: readonly LogRecord[]): string[] => rows.map(({ id }) => id);
const free = { isHeld: false, atMillis: 0 };
const held = { isHeld: true, atMillis: 0 };

describe('the rows of a live search', () => {
  it('have the latest arrival at the top', () => {
    const live = addArrivals(addArrivals(NO_LIVE_ROWS, arrivals('a', 'b'), free), arrivals('c'), free);
    expect(ids(live.rows)).toEqual(['c', 'b', 'a']);
  });

  it('stay as they are while the reader holds them, and what came is counted', () => {
    const before = addArrivals(NO_LIVE_ROWS, arrivals('a'), free);
    const live = addArrivals(addArrivals(before, arrivals('b'), held), { ...arrivals('c'), skipped: 5 }, held);
    expect(live.rows).toBe(before.rows);
    expect(live.waitingCount).toBe(7);
    expect(ids(showWaiting(live).rows)).toEqual(['c', 'b', 'a']);
    expect(showWaiting(live).waitingCount).toBe(0);
  });

  it('take nothing in before what waits', () => {
    const live = addArrivals(addArrivals(NO_LIVE_ROWS, arrivals('a'), held), arrivals('b'), free);
    expect(live.rows).toEqual([]);
    expect(ids(showWaiting(live).rows)).toEqual(['b', 'a']);
  });

  it('have a record once that comes again or was found before', () => {
    const live = addArrivals(addBacklog(addArrivals(NO_LIVE_ROWS, arrivals('b'), free), records('b', 'a')), arrivals('a', 'c'), free);
    expect(ids(live.rows)).toEqual(['c', 'b', 'a']);
  });

  it('are no more than the cap, drawn and waiting', () => {
    const many = Array.from({ length: MAX_LIVE_ROWS + 10 }, (_, index) => String(index));
    const drawn = addArrivals(NO_LIVE_ROWS, arrivals(...many), free);
    expect([drawn.rows.length, drawn.rows[0]?.id]).toEqual([MAX_LIVE_ROWS, many.at(-1)]);
    const waiting = addArrivals(NO_LIVE_ROWS, arrivals(...many), held);
    expect([waiting.waiting.length, waiting.waitingCount]).toEqual([MAX_LIVE_ROWS, many.length]);
    expect(addBacklog(drawn, records('older')).rows).toHaveLength(MAX_LIVE_ROWS);
  });

  it('say how many are in no row, and how fast they come', () => {
    let live: LiveRows = NO_LIVE_ROWS;
    for (let second = 0; second < 10; second += 1) {
      live = addArrivals(live, { ...arrivals(`${second}`), skipped: 99, unread: 3 }, { isHeld: false, atMillis: second * 1_000 });
    }
    expect(live).toMatchObject({ undrawnCount: 990, unreadCount: 30, arrivedCount: 1_000 });
    expect(arrivalRate(live, 9_000)).toBe(100);
    expect(arrivalRate(live, 60_000)).toBe(0);
  });
});
