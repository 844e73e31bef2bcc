import { expect, it } from 'vitest';
import { columnsTemplate, columnsThatFit } from './services-columns.ts';

const GAP_PIXELS = 8;
const PADDING_PIXELS = 24;

it('has room for the columns that it chooses at every width from 360 pixels on', () => {
  for (let width = 360; width <= 2_000; width += 1) {
    const columns = columnsThatFit(width);
    const pixels = [...columnsTemplate(columns).matchAll(/(\d+)px/g)].reduce((sum, [, digits]) => sum + Number(digits), 0);
    expect(pixels + (columns.length - 1) * GAP_PIXELS + PADDING_PIXELS, `${width} pixels`).toBeLessThanOrEqual(width);
  }
});

it('shows name, state and errors at any width, and all where there is room or no width yet', () => {
  for (const width of [0, 320, 390, 700, 1_024, 1_440])
    expect(columnsThatFit(width)).toEqual(expect.arrayContaining(['name', 'state', 'errors']));
  expect(columnsThatFit(0)).toHaveLength(11);
  expect(columnsThatFit(1_380)).toHaveLength(11);
});
