import { expect, it } from 'vitest';
import { fittingColumns, fittingTemplate } from './fitting-columns.ts';
import { STATISTIC_COLUMNS } from './statistic-columns.ts';
import { CALL_TABLE, STATISTICS_TABLE } from './trace-tables.ts';

it('has room for what it chooses, what it is sorted by among it, at every width from 360 pixels on', () => {
  for (let width = 360; width <= 1_600; width += 1)
    for (const sorted of STATISTIC_COLUMNS) {
      const columns = fittingColumns(STATISTICS_TABLE, width, ['name', sorted]);
      expect(columns).toEqual(expect.arrayContaining(['name', sorted]));
      const pixels = columns.reduce((sum, column) => sum + STATISTICS_TABLE.widths[column], 0);
      expect(pixels + (columns.length - 1) * STATISTICS_TABLE.gap + STATISTICS_TABLE.padding, `${width} pixels`).toBeLessThanOrEqual(width);
    }
});

it('shows the most telling figures on a phone, in the order of the table, and all on a wide screen or while no width is known', () => {
  expect(fittingColumns(STATISTICS_TABLE, 390, ['name', 'self'])).toEqual(['name', 'self', 'critical']);
  expect(fittingColumns(STATISTICS_TABLE, 390, ['name', 'p95'])).toEqual(['name', 'self', 'p95']);
  expect(fittingColumns(CALL_TABLE, 390, ['from', 'to'])).toEqual(['from', 'to', 'total', 'errors']);
  expect(fittingColumns(STATISTICS_TABLE, 1_380, ['name', 'self'])).toEqual(STATISTIC_COLUMNS);
  expect(fittingColumns(STATISTICS_TABLE, 0, ['name', 'self'])).toEqual(STATISTIC_COLUMNS);
});

it('gives what is left over to names', () => {
  expect(fittingTemplate(CALL_TABLE, ['from', 'total'])).toBe('minmax(92px, 1fr) 76px');
});
