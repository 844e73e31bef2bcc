import type { Locator } from '@playwright/test';
import { expect } from './console-watch.ts';

/** By the wheel's way until the row is drawn: further as more of the list comes, by no more than the least that the rows between are high. */
export async function scrollTo(grid: Locator, row: number): Promise<void> {
  await expect(grid.getByRole('row').nth(1)).toBeVisible();
  await expect(async () => {
    const last = await grid.evaluate((element, wanted) => {
      const rows = [...element.querySelectorAll('[data-index]')];
      const drawn = Math.max(...rows.map((one) => Number(one.getAttribute('data-index'))));
      const height = Math.min(...rows.map((one) => one.getBoundingClientRect().height));
      if (drawn < wanted) element.scrollBy(0, (wanted - drawn) * height);
      return drawn;
    }, row);
    expect(last).toBeGreaterThanOrEqual(row);
  }).toPass({ timeout: 60_000, intervals: [50] });
}

/** The texts of the rows that are in view as a whole, from the top. */
export function rowsInView(grid: Locator): Promise<string[]> {
  return grid.evaluate((element) => {
    const [head, ...rows] = [...element.querySelectorAll('[role=row]')];
    const top = head?.getBoundingClientRect().bottom ?? 0;
    const bottom = element.getBoundingClientRect().bottom;
    return rows
      .map((row) => ({ text: row.textContent ?? '', ...row.getBoundingClientRect().toJSON() }))
      .filter((row) => row.bottom > top + 1 && row.bottom <= bottom)
      .toSorted((one, other) => one.top - other.top)
      .map(({ text }) => text);
  });
}

/** The same once the list stands still: what is above it, beside it and in it has its size. */
export async function rowsAtRest(grid: Locator): Promise<string[]> {
  let last: string | undefined;
  await expect(async () => {
    const before = last;
    last = JSON.stringify(await rowsInView(grid));
    await grid.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    expect(last).not.toBe('[]');
    expect(last).toBe(before);
  }).toPass();
  return rowsInView(grid);
}
