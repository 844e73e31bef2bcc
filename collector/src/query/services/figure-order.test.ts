import { expect, it } from 'vitest';
import type { Figure, FigureKey } from '../../storage/figures/figures.ts';
import { processesOf } from './processes.ts';
import { operationsOf } from './read-service.ts';

const COUNTS = { spans: 1, count: 1, errors: 0, durations: { buckets: [], counts: [] } };

function figure(key: FigureKey): Figure {
  return { key, counts: COUNTS, recent: COUNTS, firstMinute: 1, lastMinute: 1, bucketMinutes: 1, points: [] };
}

/** Storages give figures in no order. */
function inBothOrders<T>(figures: readonly Figure[], read: (figures: readonly Figure[]) => T): readonly [T, T] {
  return [read(figures), read(figures.toReversed())];
}

it('puts operations that are equally frequent in the order of name and kind', () => {
  const keys = [
    { name: 'work', kind: 1 },
    { name: 'work', kind: 5 },
    { name: 'call', kind: 3 },
  ];
  const figures = keys.map((key) => figure({ type: 'operation', service: 'orders', ...key }));
  for (const operations of inBothOrders(figures, (given) => operationsOf(given, 60)))
    expect(operations.map(({ name, kind }) => [name, kind])).toEqual([
      ['call', 3],
      ['work', 1],
      ['work', 5],
    ]);
});

it('puts processes that were first seen together in the order of instance, version and environment', () => {
  const keys = [
    { instance: 'a', version: '2', environment: 'prod' },
    { instance: 'a', version: '2', environment: 'staging' },
    { instance: 'a', version: '1', environment: 'prod' },
    { instance: 'b', version: '2', environment: 'prod' },
  ];
  const figures = keys.map((key) => figure({ type: 'instance', service: 'orders', namespace: '', ...key }));
  for (const { processes } of inBothOrders(figures, processesOf)) expect(processes).toMatchObject(keys);
});
