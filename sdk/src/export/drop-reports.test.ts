import { expect, it } from 'vitest';
import { DropReports } from './drop-reports.ts';

it('adds up losses of one signal for one reason, with the first time and the last', () => {
  let nowMillis = 1000;
  const reports = new DropReports(() => nowMillis);
  reports.add({ signal: 'traces', count: 2, reason: 'full', traceIds: ['a'] });
  nowMillis = 5000;
  reports.add({ signal: 'traces', count: 3, reason: 'full', traceIds: ['a', 'b'] });
  reports.add({ signal: 'logs', count: 1, reason: 'full', traceIds: [] });
  expect(reports.all().map(({ count }) => count)).toEqual([5, 1]);
  expect(reports.takeAll()).toEqual([
    { signal: 'traces', reason: 'full', count: 5, firstMillis: 1000, lastMillis: 5000, traceIds: ['a', 'b'] },
    { signal: 'logs', reason: 'full', count: 1, firstMillis: 5000, lastMillis: 5000, traceIds: [] },
  ]);
  expect(reports.isEmpty).toBe(true);
  expect(reports.takeAll()).toEqual([]);
});

it('names at most a hundred traces and counts all', () => {
  const reports = new DropReports(() => 0);
  for (let index = 0; index < 150; index += 1) reports.add({ signal: 'traces', count: 1, reason: 'full', traceIds: [`trace-${index}`] });
  const [report] = reports.takeAll();
  expect(report?.count).toBe(150);
  expect(report?.traceIds).toHaveLength(100);
});

it('adds up what comes for ever new reasons under one', () => {
  const reports = new DropReports(() => 0);
  for (let index = 0; index < 1000; index += 1) reports.add({ signal: 'logs', count: 1, reason: `reason ${index}`, traceIds: [] });
  const all = reports.takeAll();
  expect(all.length).toBeLessThanOrEqual(34);
  expect(all.at(-1)).toMatchObject({ reason: 'several reasons' });
  expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
});
