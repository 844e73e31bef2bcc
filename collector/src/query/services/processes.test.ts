import { expect, it } from 'vitest';
import type { Figure, FigureCounts, ProcessKey } from '../../storage/figures/figures.ts';
import { instancesOf, processesOf } from './processes.ts';

const counts = (spans: number): FigureCounts => ({ spans, count: spans, errors: 0, durations: { buckets: [], counts: [] } });
const sent = (type: ProcessKey['type'], instance: string, version = ''): Figure => ({
  key: { type, service: 'auth', namespace: '', environment: '', version, instance },
  counts: counts(1),
  recent: counts(1),
  firstMinute: 1,
  lastMinute: 1,
  bucketMinutes: 1,
  points: [],
});

it.each<[string, Figure[], number]>([
  ['one process by its spans and its logs', [sent('instance', 'a', '1'), sent('logs', 'a', '1')], 1],
  [
    'one process whose logs a shipper sends, without its version or its name',
    [sent('instance', 'a', '1'), sent('logs', 'a'), sent('logs', '')],
    1,
  ],
  ['one that became another version', [sent('instance', 'a', '1'), sent('instance', 'a', '2')], 1],
  ['two processes', [sent('instance', 'a', '1'), sent('instance', 'b', '1'), sent('logs', '')], 2],
  ['what names no process', [sent('logs', '')], 1],
  ['nothing', [], 0],
])('counts the instances of %s', (_, figures, expected) => {
  expect(processesOf(figures).running.instanceCount).toBe(expected);
});

it('tells how instances fare by what they were asked for, or by all spans where they were asked for nothing', () => {
  const own = [sent('instance', 'a'), sent('instance', 'a'), sent('instance', 'b'), sent('logs', 'c')];
  const countsBy = (figures: readonly Figure[]) => {
    const { instances, instanceFigures } = instancesOf(processesOf(figures).processes, 60);
    return [instanceFigures, ...instances.map((one) => `${one.instance}: ${one.figures?.count ?? 'none'} of ${one.spanCount}`)];
  };
  expect(countsBy([sent('entry', 'a'), ...own])).toEqual(['calls', 'a: 1 of 2', 'b: none of 1', 'c: none of 0']);
  expect(countsBy(own)).toEqual(['spans', 'a: 2 of 2', 'b: 1 of 1', 'c: none of 0']);
});
