import type { Page } from '@playwright/test';
import { type PageWithAnswer, pagesOf } from './page-table.ts';
import { expect, type Shop, test } from './shop-test.ts';

/** From a wide screen to a phone; the third is where the rail goes to the bottom. */
const WIDTHS = [1440, 1024, 700, 390] as const;
/** No page has more places for the focus than this: where more come, it goes round in them. */
const MAX_STOPS = 220;

/** A range that is over: of one that goes on, a service's state is that of the minutes before each look at it. */
function fixedPath({ path }: Pick<PageWithAnswer, 'path'>): string {
  const now = Date.now();
  const [from, to] = [now - 3_600_000, now].map((millis) => new Date(millis).toISOString());
  return `${path}${path.includes('?') ? '&' : '?'}from=${from}&to=${to}`;
}

/** What a page is asked for and how that is said in its address. */
interface View {
  readonly path: string;
  /** Stands there once the page is drawn, whatever it was asked for. */
  readonly ready: string;
  /** Stands there only where the page does what it was asked for: an address that is not understood draws a page too, and the same one each time. */
  readonly asked: (page: Page) => Promise<void>;
}

function viewsOf({ failedTraceId }: Shop): readonly View[] {
  const sortedBy = (name: string, order: 'ascending' | 'descending') => async (page: Page) =>
    await expect(page.getByRole('columnheader', { name }).first()).toHaveAttribute('aria-sort', order);
  return [
    { path: '/logs?q=service:payments&order=asc&cols=time,level,user.id', ready: 'user.id', asked: sortedBy('Time', 'ascending') },
    {
      path: '/logs?view=patterns&rank=rare',
      ready: 'Rare first',
      // They were planted once each: in every other order they are among the last.
      asked: (page) =>
        expect(page.getByRole('list', { name: 'Patterns' }).getByRole('listitem').first()).toContainText(/panic|a long line/),
    },
    { path: '/traces?service=gateway&status=error&sort=slowest', ready: 'POST /checkout', asked: sortedBy('Duration', 'descending') },
    {
      path: `/trace/${failedTraceId}?view=statistics`,
      ready: 'Statistics',
      asked: (page) => expect(page.getByRole('tab', { name: 'Statistics' })).toHaveAttribute('aria-selected', 'true'),
    },
    {
      path: '/flow/order-failed?view=sequence',
      ready: 'Copy as Mermaid',
      asked: (page) => expect(page.getByRole('button', { name: 'Copy as Mermaid' })).toBeVisible(),
    },
    { path: '/services?sort=errors&dir=other&find=o', ready: 'State now', asked: sortedBy('Errors', 'ascending') },
    {
      path: '/services?view=map&focus=service:orders',
      ready: 'Group by',
      asked: (page) => expect(page.getByRole('button', { name: /^orders, / })).toHaveAttribute('aria-pressed', 'true'),
    },
    {
      path: '/errors?service=payments&sort=first',
      ready: 'card declined',
      asked: (page) => expect(page.getByRole('radio', { name: 'Newest first' })).toBeChecked(),
    },
  ];
}

test.use({ freshFor: 'audit' });

test('shows the same by reload and by back, whatever was chosen', { tag: '@audit' }, async ({ page, shop }) => {
  test.slow();
  for (const view of viewsOf(shop)) {
    await test.step(view.path, async () => {
      await page.goto(fixedPath(view));
      await expect(page.getByText(view.ready).first()).toBeVisible();
      await settled(page);
      await view.asked(page);
      const [address, shown] = [page.url(), await steadyText(page)];
      await page.reload();
      await expect(page.getByText(view.ready).first()).toBeVisible();
      await expect.poll(() => shownText(page)).toBe(shown);
      await page.getByRole('navigation').getByRole('link', { name: 'Status' }).click();
      await expect(page.getByText('delivering')).toBeVisible();
      await page.goBack();
      await expect(page).toHaveURL(address);
      await expect.poll(() => shownText(page)).toBe(shown);
    });
  }
});

test('fits every width in both languages: nothing is wider than the page, no text runs over its neighbour', { tag: '@audit' }, async ({
  page,
  shop,
}) => {
  test.slow();
  for (const language of ['en', 'ko']) {
    await page.goto('/status');
    await page.evaluate((chosen) => localStorage.setItem('threadline.preferences', JSON.stringify({ language: chosen })), language);
    for (const entry of pagesOf(shop)) {
      await page.setViewportSize({ width: WIDTHS[0], height: 800 });
      await page.goto(entry.path);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await settled(page);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        const place = `${entry.path} in ${language} at ${width}`;
        await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), { message: place }).toBeLessThanOrEqual(width);
        expect(await page.evaluate(findSpilledTexts), place).toEqual([]);
      }
    }
  }
});

test('leads the focus to everything that can be pressed, and shows where it is', { tag: '@audit' }, async ({ page, shop }) => {
  test.slow();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const entry of pagesOf(shop)) {
    await test.step(entry.path, async () => {
      await page.goto(entry.path);
      await expect(page.getByText(entry.ready).first()).toBeVisible();
      await settled(page);
      const wanted = await page.evaluate(markStops);
      const seen = new Set<string>();
      const hidden: string[] = [];
      for (let stop = 0; stop < MAX_STOPS; stop += 1) {
        await page.keyboard.press('Tab');
        const { name, isSeen, isOut } = await page.evaluate(describeFocus);
        if (isOut && stop > 0) break;
        if (!isSeen) hidden.push(name);
        seen.add(name);
      }
      expect(hidden, 'has no sign of the focus').toEqual([]);
      expect(
        wanted.filter((name) => !seen.has(name)),
        'is not reached by Tab',
      ).toEqual([]);
    });
  }
});

/** Nothing is waited for any more. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await expect(page.getByRole('progressbar', { name: /Reading|Counting|Folding|읽는|세는|묶는/ })).toBeHidden();
}

/** The page's text without figures that time alone changes (`3 minutes ago`, `as of 18:13:02`, rates of a range that goes on). */
async function shownText(page: Page): Promise<string> {
  const text = await page.getByRole('main').textContent();
  return String(text)
    .replace(/\d+ (?:second|minute)s? ago|as of [\d:]+|[\d.]+ \/(?:s|min|h)/g, '')
    .replace(/\s+/g, ' ');
}

/** The page's text once it has stayed the same for a while: what helps comes last, and nobody is told that it is on its way. */
async function steadyText(page: Page): Promise<string> {
  let before = '';
  const isSteady = async (): Promise<boolean> => {
    const now = await shownText(page);
    const isSame = now === before;
    before = now;
    return isSame;
  };
  await expect.poll(isSteady, { intervals: [1_500] }).toBe(true);
  return before;
}

/** Runs in the page: texts of cells and controls that are wider than their box and not cut there. */
function findSpilledTexts(): string[] {
  return Array.from(
    document.querySelectorAll<HTMLElement>('[role=gridcell], [role=columnheader], th, td, button, a, label, h1, h2'),
  ).flatMap((element) => {
    const { clientWidth, scrollWidth } = element;
    const { overflowX, display, position } = getComputedStyle(element);
    if (clientWidth === 0 || display === 'inline' || overflowX !== 'visible' || position === 'absolute') return [];
    return scrollWidth > clientWidth + 1 ? [`${element.textContent?.slice(0, 60)} (${scrollWidth} in ${clientWidth})`] : [];
  });
}

/** Runs in the page: gives each control that Tab should lead to a name of its own, and returns the names. */
function markStops(): string[] {
  const controls = document.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea, [role=separator], [tabindex="0"]');
  const groups = new Set<string>();
  return Array.from(controls).flatMap((element, place) => {
    const isShown = element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
    // The editor takes the place of the query's plain field while the focus comes to it.
    const isQuery = element.getAttribute('aria-label') === 'Query';
    if (!isShown || isQuery || element.tabIndex < 0 || element.matches(':disabled, [inert] *, [role=tablist]')) return [];
    // Of radio buttons the arrow keys lead to the others.
    if (element instanceof HTMLInputElement && element.type === 'radio') {
      if (!element.checked || groups.has(element.name)) return [];
      groups.add(element.name);
    }
    element.dataset.stop = `${place} ${element.tagName} ${(element.getAttribute('aria-label') ?? element.textContent ?? '').slice(0, 40)}`;
    return [element.dataset.stop];
  });
}

/** Runs in the page: where the focus is, and whether a person sees it. */
function describeFocus(): { name: string; isSeen: boolean; isOut: boolean } {
  const element = document.activeElement;
  if (!(element instanceof Element) || element === document.body) return { name: '', isSeen: true, isOut: true };
  const isOutlined = (one: Element): boolean => {
    const { outlineStyle, outlineWidth, boxShadow, strokeWidth, backgroundColor } = getComputedStyle(one);
    // A handle has no room for a line around it: it is filled.
    if (one.role === 'separator') return backgroundColor !== 'rgba(0, 0, 0, 0)';
    const isLined = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
    return isLined || (one instanceof SVGElement && strokeWidth !== '1px');
  };
  // Of a control that is drawn by what is around or in it, that has the sign.
  const around = [element, element.parentElement, element.parentElement?.parentElement, ...element.children];
  const isSeen = around.some((one) => one !== null && one !== undefined && isOutlined(one));
  const known = element instanceof HTMLElement || element instanceof SVGElement ? element.dataset.stop : undefined;
  const name = known ?? `${element.tagName} ${element.getAttribute('class')}`;
  return { name, isSeen, isOut: false };
}
