import { expect, it } from 'vitest';
import type { CatalogEntry } from '../segments/segment-catalog.ts';
import { type GivenUp, RetentionReport } from './retention-report.ts';

const MINUTE = 60_000;
const entry = (id: number): CatalogEntry => ({ table: 'logs', id, rows: 10 * id, bytes: 100 * id, from: 1_000 * id, to: 1_000 * id + 500 });

it('what retention gives up is told at once, then once an hour together, and at the end', () => {
  const told: GivenUp[] = [];
  let now = 0;
  const report = new RetentionReport({ tell: (givenUp) => told.push(givenUp), now: () => now });
  report.add([]);
  expect(told).toEqual([]);
  report.add([entry(1), entry(2)]);
  expect(told.splice(0)).toEqual([{ segments: 2, records: 30, bytes: 300, from: 1_000, to: 2_500 }]);
  for (let minute = 1; minute < 60; minute += 1) {
    now = minute * MINUTE;
    report.add(minute < 4 ? [entry(minute)] : []);
  }
  expect(told).toEqual([]);
  now = 60 * MINUTE;
  report.add([]);
  expect(told.splice(0)).toEqual([{ segments: 3, records: 60, bytes: 600, from: 1_000, to: 3_500 }]);
  now += 60 * MINUTE;
  report.add([]);
  expect(told).toEqual([]);
  report.add([entry(7)]);
  report.add([entry(8)]);
  report.flush();
  report.flush();
  expect(told.map(({ records }) => records)).toEqual([70, 80]);
});
