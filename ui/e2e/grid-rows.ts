import type { Locator } from '@playwright/test';
import { expect } from './console-watch.ts';

/** By the wheel's way: further as more of the list comes. */
export async function scrollTo(grid: Locator, row: number): Promise<void> {
  await expect(grid.getByRole('row').nth(1)).toBeVisible();
  await expect(async () => {
    const last = await grid.evaluate((element, wanted) => {
      const indexes = () => [...element.querySelectorAll('[data-index]')].map((one) => Number(one.getAttribute('data-index')));
      const height = element.querySelector('[data-index]')?.getBoundingClientRect().height ?? 24;
      element.scrollTop = Math.min(element.scrollHeight, wanted * height);
      return Math.max(...indexes());
    }, row);
    expect(last).toBeGreaterThanOrEqual(row);
  }).toPass({ timeout: 60_000 });
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
