import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** What axe finds serious or critical on the page, each with the elements. Between the colour schemes only colours differ: in dark nothing else is looked at. */
export async function seriousViolations(page: Page, colorScheme: 'light' | 'dark'): Promise<string[]> {
  // Legacy mode looks into no frame of another origin, of which no page of ours has one, and takes a third of the time.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode(true);
  const { violations } = await (colorScheme === 'light' ? axe : axe.withRules(['color-contrast'])).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}
