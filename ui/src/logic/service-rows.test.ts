import type { MapNode, ServiceMapAnswer, TrafficPoint } from '@threadline/collector/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  callerErrorShare,
  chartSteps,
  countStates,
  errorShare,
  filterServices,
  inOrderOf,
  SERVICE_COLUMNS,
  type ServiceRow,
  SHOWN_STATES,
  serviceRows,
  sortServices,
} from './service-rows.ts';

const FROM = '2026-11-26T10:00:00Z';
const TO = '2026-11-26T10:15:00Z';
const minute = (number: number): string => new Date(Date.parse(FROM) + number * 60_000).toISOString();
const point = (number: number, count: number, errors = 0): TrafficPoint => ({
  from: minute(number),
  count,
  errors,
  p50Millis: 1,
  p95Millis: 2,
  p99Millis: 3,
});
const node = (name: string, rest: Partial<MapNode> = {}): MapNode => ({ id: `service:${name}`, type: 'service', name, ...rest });
const map = (nodes: MapNode[]): ServiceMapAnswer => ({ from: FROM, to: TO, stepMinutes: 1, nodes, edges: [] });
const known = (name: string) => ({ name, spanCount: 1, logCount: 1, errorCount: 0, lastSeen: minute(-60) });

const row = (name: string, rest: Partial<ServiceRow> = {}): ServiceRow => ({
  name,
  state: 'healthy',
  reason: undefined,
  instanceCount: 0,
  versions: [],
  figures: undefined,
  points: [],
  lastSeen: undefined,
  ...rest,
});
const names = (rows: readonly ServiceRow[]): string[] => rows.map(({ name }) => name);

describe('the list of services', () => {
  it('has every service that is known, those in trouble first, and nothing that is no service', () => {
    const rows = serviceRows(
      map([
        node('orders', { state: 'healthy', lastSeen: minute(14), figures: { count: 3, errors: 0, perSecond: 1 } }),
        node('payments', { state: 'down', lastSeen: minute(14) }),
        { id: 'database:pg', type: 'database', name: 'pg' },
      ]),
      [known('batch'), known('orders')],
    );
    expect(rows.map(({ name, state }) => `${name} ${state}`)).toEqual(['payments down', 'orders healthy', 'batch absent']);
    const gone = serviceRows(map([node('orders', { state: 'healthy' }), node('ticker', { state: 'silent' })]), [
      { ...known('loyalty'), lastSeen: minute(-6) },
      { ...known('later'), lastSeen: minute(90) },
      known('batch'),
    ]);
    expect(gone.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'ticker silent',
      'loyalty absent',
      'orders healthy',
      'batch absent',
      'later absent',
    ]);
    expect(rows[1]).toMatchObject({ lastSeen: minute(14) });
    expect(rows[2]).toMatchObject({ lastSeen: minute(-60), points: [] });
  });

  it('keeps when a service was last seen where the range has only calls by it', () => {
    expect(serviceRows(map([node('cron')]), [known('cron')])).toMatchObject([{ state: 'absent', lastSeen: minute(-60) }]);
  });

  it('is sorted by a figure, and what has none is last either way', () => {
    const rows = [
      row('none'),
      row('slow', { figures: { count: 1, errors: 0, perSecond: 1, p95Millis: 900 } }),
      row('fast', { figures: { count: 1, errors: 1, perSecond: 2, p95Millis: 9 } }),
    ];
    expect(names(sortServices(rows, { by: 'p95', descending: true }))).toEqual(['slow', 'fast', 'none']);
    expect(names(sortServices(rows, { by: 'p95', descending: false }))).toEqual(['fast', 'slow', 'none']);
    expect(names(sortServices(rows, { by: 'errors', descending: true }))).toEqual(['fast', 'slow', 'none']);
    expect(names(sortServices(rows, { by: 'name', descending: true }))).toEqual(['slow', 'none', 'fast']);
  });

  it('is in the order in which people look for names', () => {
    const rows = ['worker-10', 'Zebra', 'worker-2', 'api', '<img>'].map((name) => row(name));
    expect(names(sortServices(rows, { by: 'name', descending: false }))).toEqual(['<img>', 'api', 'worker-2', 'worker-10', 'Zebra']);
  });

  it('has the same services in any order, the same whatever they came in', () => {
    const anyRow = fc.record({
      name: fc.string(),
      state: fc.constantFrom(...SHOWN_STATES),
      reason: fc.constant(undefined),
      instanceCount: fc.nat(3),
      versions: fc.constant([]),
      figures: fc.option(fc.record({ count: fc.nat(9), errors: fc.nat(9), perSecond: fc.nat(9) }), { nil: undefined }),
      points: fc.constant([]),
      lastSeen: fc.option(fc.constantFrom(FROM, TO), { nil: undefined }),
    });
    const anyRows = fc.uniqueArray(anyRow, { selector: ({ name }) => name });
    fc.assert(
      fc.property(anyRows, fc.constantFrom(...SERVICE_COLUMNS), fc.boolean(), (rows, by, descending) => {
        const sorted = sortServices(rows, { by, descending });
        expect(new Set(sorted)).toEqual(new Set(rows));
        expect(sortServices([...rows].reverse(), { by, descending })).toEqual(sorted);
      }),
    );
  });

  it('says where a service runs and why it is in its state', () => {
    const reason = { type: 'calls', count: 9, errors: 9 } as const;
    const rows = serviceRows(map([node('orders', { state: 'down', reason, instanceCount: 2, versions: ['2', '1'] })]), [known('batch')]);
    expect(rows[0]).toMatchObject({ reason, instanceCount: 2, versions: ['2', '1'] });
    expect(rows[1]).toMatchObject({ instanceCount: 0, versions: [] });
  });

  it('keeps an order of before, with what is new after it', () => {
    const rows = [row('new'), row('a'), row('newer'), row('b')];
    expect(names(inOrderOf(rows, ['b', 'gone', 'a']))).toEqual(['b', 'a', 'new', 'newer']);
    expect(inOrderOf(rows, names(rows))).toEqual(rows);
  });

  it('is filtered by a part of the name, whatever its case, and by state', () => {
    const rows = [row('shop-orders'), row('shop-payments', { state: 'down' }), row('mailer', { state: 'down' })];
    expect(names(filterServices(rows, { find: ' SHOP', state: undefined }))).toEqual(['shop-orders', 'shop-payments']);
    expect(names(filterServices(rows, { find: 'shop', state: 'down' }))).toEqual(['shop-payments']);
    expect(countStates(rows)).toEqual({ down: 2, degraded: 0, silent: 0, healthy: 1, absent: 0 });
  });
});

describe('the steps of a chart', () => {
  it('are all of the range, those without calls too', () => {
    const steps = chartSteps({ from: FROM, to: TO, stepMinutes: 1 }, [point(0, 1), point(14, 2)]);
    expect(steps).toHaveLength(15);
    expect(steps[0]?.point?.count).toBe(1);
    expect(steps[7]).toEqual({ fromMillis: Date.parse(minute(7)), point: undefined });
    expect(steps[14]?.point?.count).toBe(2);
  });

  it('begin where the collector begins them, before a range that begins in one', () => {
    const steps = chartSteps({ from: minute(3), to: TO, stepMinutes: 5 }, [point(0, 7)]);
    expect(steps.map(({ fromMillis, point: found }) => [new Date(fromMillis).toISOString(), found?.count])).toEqual([
      [minute(0), 7],
      [minute(5), undefined],
      [minute(10), undefined],
    ]);
  });

  it('share out errors among calls, and say nothing where there were none', () => {
    expect(errorShare({ count: 4, errors: 1 })).toBe(0.25);
    expect(errorShare({ count: 0, errors: 0 })).toBeUndefined();
    // Weighted counts are rounded apart.
    expect(errorShare({ count: 1, errors: 2 })).toBe(1);
  });

  it('share out what failed for the caller, where that is more', () => {
    expect([callerErrorShare({ count: 20, callerErrors: 5 }), callerErrorShare({ count: 20 })]).toEqual([0.25, undefined]);
  });
});
