import type { Locator, Page } from '@playwright/test';
import { QUEUE_CALLS } from './queues-seed.ts';
import { seriousViolations } from './serious-violations.ts';
import { CROWD, seedOneCall, TEAMS } from './services-seed.ts';
import { expect, test } from './town-test.ts';

const MAP = '/services?view=map&from=now-45m&to=now';
const map = (page: Page): Locator => page.getByRole('group', { name: 'Map of services' });
const box = (page: Page, name: RegExp): Locator => map(page).getByRole('button', { name });

test('draws who calls whom, groups of services in place of what is too much', async ({ page }) => {
  await page.goto('/services?from=now-45m&to=now');
  await page.getByText('Map', { exact: true }).click();
  await expect(page).toHaveURL(/view=map/);
  await expect(page.getByRole('radio', { name: 'name', exact: true })).toBeChecked();
  await expect(box(page, /^team-7, 25 services/)).toHaveAttribute('aria-expanded', 'false');
  await expect(map(page).getByRole('button', { expanded: false })).toHaveCount(TEAMS);
  await expect(box(page, /^checkout, healthy, .* \/min, p50 \/ p95 \/ p99: [\d.]+ \/ [\d.]+ \/ [\d.]+ ms/)).toBeVisible();
  await expect(box(page, /^postgresql shop, database, .*p50 \/ p95 \/ p99: /)).toBeVisible();
  await expect(box(page, /^ticker, healthy/)).toContainText('only logs');
  const line = page.getByRole('region', { name: 'Calls of the map' }).getByRole('row').filter({ hasText: 'checkout' });
  await expect(line).toContainText(/orders.*\/min.*ms.*ms.*ms/);
  const size = page.getByRole('group', { name: 'Size' });
  await size.getByRole('button', { name: /^(\d+%|fits)$/ }).click();
  await expect(page).toHaveURL(/zoom=fit/);
  for (const width of [390, 1280, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    await expect(size.getByRole('button', { name: 'fits' })).toBeVisible();
    const outside = await map(page).evaluate((element) => {
      const sight = element.getBoundingClientRect();
      const boxes = Array.from(element.querySelectorAll('[data-box]'), (drawn) => drawn.getBoundingClientRect());
      return boxes.filter(
        ({ left, right, top, bottom }) =>
          left < sight.left + 8 || right > sight.right - 8 || top < sight.top + 8 || bottom > sight.bottom - 8,
      );
    });
    expect(outside, `${width} wide`).toEqual([]);
  }
});

test('is gone through by the keys of rows, from anywhere', async ({ page }) => {
  await page.goto(MAP);
  await expect(box(page, /^postgresql shop/)).toBeVisible();
  const focused = map(page).locator('[data-box]:focus');
  await page.keyboard.press('j');
  await expect(focused).toHaveCount(1);
  const first = await focused.getAttribute('data-box');
  await page.keyboard.press('j');
  await expect(focused).not.toHaveAttribute('data-box', String(first));
  await page.keyboard.press('k');
  await expect(focused).toHaveAttribute('data-box', String(first));
});

test('opens with letters of ten pixels at least, however large it is', async ({ page }) => {
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await page.goto(MAP);
    await expect(map(page).locator('[data-box]').first()).toBeVisible();
    const sizes = await map(page)
      .locator('[data-box] text')
      .evaluateAll((texts: SVGTextElement[]) =>
        texts.map((text) => Number.parseFloat(getComputedStyle(text).fontSize) * (text.getScreenCTM()?.a ?? 0)),
      );
    expect(sizes.length).toBeGreaterThan(0);
    expect(Math.min(...sizes), `${width} wide`).toBeGreaterThanOrEqual(10);
  }
});

test('begins at what is worst off where not all of it fits', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${MAP}&zoom=150`);
  await expect(box(page, /^[^,]+, degraded/).first()).toBeInViewport({ ratio: 1 });
});

test('opens groups and closes them, in the address too, until every service is drawn', async ({ page }) => {
  await page.goto(MAP);
  await box(page, /^team-7, /).click();
  await expect(page).toHaveURL(/open=team-7/);
  await expect(box(page, /^team-7, /)).toHaveAttribute('aria-expanded', 'true');
  await expect(box(page, /^team-7-service-7, healthy/)).toBeVisible();
  await page.reload();
  await expect(box(page, /^team-7-service-7, /)).toBeAttached();
  await page.goBack();
  await expect(box(page, /^team-7, /)).toHaveAttribute('aria-expanded', 'false');
  await page.getByRole('radio', { name: 'nothing', exact: true }).check({ force: true });
  await expect(page.getByText(`${CROWD + 8} boxes`)).toBeVisible();
  // How many there are is known before they have their places: groups are drawn until then.
  await expect(map(page).locator('[aria-expanded]')).toHaveCount(0);
  // What is out of sight is drawn when keys or the pointer go there.
  await box(page, /^checkout, /).focus();
  await page.keyboard.press('End');
  await expect(map(page).locator(':focus')).toHaveAccessibleName(/^(team-|ticker|mailer|reports|stock)/);
});

test('keeps very long names inside of their boxes, and the figures of their calls in sight', async ({ page }) => {
  // Wide letters, and no place at which a line may break.
  const long = `<img-src=x>${'WM'.repeat(150)}`;
  await page.route('**/api/v1/service-map?*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll('"orders"', JSON.stringify(long)) });
  });
  await page.goto(MAP);
  const named = box(page, /^<img-src=x>WMWM/);
  await expect(named).toBeVisible();
  const widths = await named.evaluate((element) => {
    const right = (part: Element): number => part.getBoundingClientRect().right;
    const texts = Array.from(element.querySelectorAll('text'), (text) => ({ text: text.textContent ?? '', end: right(text) }));
    return { ground: Math.max(...Array.from(element.querySelectorAll('rect'), right)), texts };
  });
  expect(widths.texts[0]?.text).toMatch(/^<img-src.*….*MWMWM$/);
  for (const { text, end } of widths.texts) expect(end, text).toBeLessThan(widths.ground);
  const table = page.getByRole('region', { name: 'Calls of the map' });
  await expect(table.getByRole('columnheader', { name: 'p99' })).toBeInViewport();
  expect(await table.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
});

test('finds a service wherever it is, and shows what it is joined to', async ({ page }) => {
  await page.goto(MAP);
  await page.getByRole('searchbox', { name: 'Find a service' }).fill('orders');
  await page.getByRole('group', { name: 'What was found' }).getByRole('button', { name: 'orders', exact: true }).click();
  await expect(page).toHaveURL(/focus=service:orders/);
  await expect(box(page, /^orders, /)).toHaveAttribute('aria-pressed', 'true');
  await expect(map(page).getByRole('button')).toHaveCount(3);
  await expect(page.getByRole('status').filter({ hasText: 'orders' })).toContainText(/of \d+ calls of its last five minutes failed/);
  // Two steps away is what PostgreSQL is to checkout.
  await box(page, /^checkout, /).click();
  await expect(box(page, /^postgresql shop, /)).toHaveCount(0);
  await page.getByRole('radio', { name: '2 steps' }).check({ force: true });
  await expect(page).toHaveURL(/steps=2/);
  await expect(box(page, /^postgresql shop, /)).toBeVisible();
  await page.getByRole('button', { name: 'All of the map' }).click();
  await page.getByRole('searchbox', { name: 'Find a service' }).fill('no such service');
  await expect(page.getByText('Nothing is on this map')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find a service' }).fill('checkout');
  await box(page, /^checkout, /).click();
  for (const colorScheme of ['light', 'dark'] as const) expect(await seriousViolations(page, colorScheme)).toEqual([]);
  await page.getByRole('link', { name: 'Open the service' }).click();
  await expect(page).toHaveURL(/\/service\/checkout/);
});

test('is walked with keys alone', async ({ page }) => {
  await page.goto(MAP);
  await expect(box(page, /^checkout, /)).toBeVisible();
  const current = map(page).locator(':focus');
  // All boxes are one stop of the Tab key.
  await map(page).locator('[tabindex="0"]').focus();
  await page.keyboard.press('Home');
  await expect(current).toHaveAccessibleName(/^checkout, /);
  await page.keyboard.press('ArrowRight');
  await expect(current).toHaveAccessibleName(/^orders, /);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/focus=service:orders/);
  await expect(current).toHaveAccessibleName(/^orders, /);
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/focus=/);
  await box(page, /^team-3, /).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/open=team-/);
  await expect(current).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowDown');
  await expect(current).toHaveAccessibleName(/^team-.*-service-/);
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/open=/);
  await expect(current).toHaveAccessibleName(/^team-3, /);
  await page.keyboard.press('+');
  await expect(page).toHaveURL(/zoom=/);
  await page.keyboard.press('0');
  await expect(page).not.toHaveURL(/zoom=/);
});

test('goes on as data comes: figures move, boxes do not, and what is new waits for the reader', async ({ page, town, towns }) => {
  await page.goto(MAP);
  await expect(page.getByRole('button', { name: 'Live' })).toHaveAttribute('aria-pressed', 'true');
  await expect(box(page, /^checkout, /)).toBeVisible();
  const before = await box(page, /^checkout, /).boundingBox();
  await seedOneCall({ otlpHttp: town.otlpHttp, service: 'newcomer', endMillis: Date.now() });
  const draw = page.getByRole('button', { name: 'Draw 1 that is new' });
  await expect(draw).toBeVisible({ timeout: 60_000 });
  expect(await box(page, /^checkout, /).boundingBox()).toEqual(before);
  await expect(box(page, /^newcomer, /)).toHaveCount(0);
  await draw.click();
  await expect(box(page, /^newcomer, healthy/)).toBeVisible();
  await page.getByRole('button', { name: 'Live' }).click();
  await expect(page.getByRole('button', { name: 'Paused' })).toBeVisible();
  await expect(page).toHaveURL(/live=0/);
  // Others count the services of a town to which none came.
  await towns.stop();
});

test('asks for nothing while nobody sees it', async ({ page }) => {
  await page.clock.install();
  await page.goto(MAP);
  await expect(box(page, /^checkout, /)).toBeVisible();
  let asked = 0;
  await page.route('**/api/v1/service-map?*', (route) => {
    asked += 1;
    return route.fallback();
  });
  const show = (visibilityState: 'hidden' | 'visible') =>
    page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }, visibilityState);
  await show('hidden');
  const whenHidden = asked;
  await page.clock.runFor(120_000);
  expect(asked).toBe(whenHidden);
  await show('visible');
  await page.clock.runFor(20_000);
  await expect.poll(() => asked).toBeGreaterThan(whenHidden);
});

test('leads lines round boxes, back too, each with its figures', async ({ page, queues }) => {
  await page.setViewportSize({ width: 3_000, height: 1_200 });
  await page.goto(`${queues.ui}${MAP}&zoom=100`);
  await expect(box(page, /^kafka requested, queue/)).toBeVisible();
  const { lines, crossed, texts, covered } = await map(page).evaluate((element) => {
    const boxes = Array.from(element.querySelectorAll('[data-box]'), (drawn) => ({
      name: drawn.getAttribute('data-box'),
      place: drawn.getBoundingClientRect(),
    }));
    const paths = Array.from(element.querySelectorAll<SVGPathElement>('g > path[marker-end]'), (path) => {
      const matrix = path.getScreenCTM();
      const at = (length: number) => path.getPointAtLength(length).matrixTransform(matrix ?? undefined);
      const whole = path.getTotalLength();
      return Array.from({ length: Math.ceil(whole / 4) + 1 }, (_, step) => at(Math.min(whole, step * 4)));
    });
    // Lines touch the boxes that they join.
    const isIn = ({ x, y }: DOMPoint, { left, right, top, bottom }: DOMRect, by: number) =>
      x > left + by && x < right - by && y > top + by && y < bottom - by;
    const through = paths.flatMap((points, line) =>
      boxes.filter(({ place }) => points.some((point) => isIn(point, place, 2))).map(({ name }) => `${line} through ${name}`),
    );
    const figures = Array.from(element.querySelectorAll('svg > text'), (text) => text.getBoundingClientRect());
    const places = [...boxes.map(({ place }) => place), ...figures];
    const hidden = figures.filter((text) =>
      places.some(
        (other) =>
          other !== text &&
          text.left < other.right &&
          other.left < text.right &&
          text.top < other.bottom - 2 &&
          other.top + 2 < text.bottom,
      ),
    );
    return { lines: paths.length, crossed: through, texts: figures.length, covered: hidden.length };
  });
  expect(lines).toBe(QUEUE_CALLS.length);
  expect(crossed).toEqual([]);
  expect(texts).toBe(lines);
  expect(covered).toBe(0);
});

test('marks a database to which calls fail, and says why', async ({ page, browser, queues }) => {
  await page.goto(`${queues.ui}${MAP}`);
  const failing = box(page, /^postgresql orders, database, down, /);
  await expect(failing).toContainText('✕');
  await expect(box(page, /^postgresql payments, database, healthy, /)).not.toContainText('✕');
  await expect(box(page, /^kafka requested, queue, healthy, /)).toBeVisible();
  await failing.click();
  const strip = page.getByRole('status').filter({ hasText: 'postgresql orders' });
  await expect(strip).toContainText('down');
  await expect(strip).toContainText(/\d+ of \d+ calls of its last five minutes failed/);
  const context = await browser.newContext({ locale: 'ko-KR' });
  const korean = await context.newPage();
  await korean.goto(`${queues.ui}${MAP}&focus=database:postgresql orders`);
  await expect(
    korean.getByRole('group', { name: '서비스 지도' }).getByRole('button', { name: /^postgresql orders, 데이터베이스, 중단, / }),
  ).toBeVisible();
  await expect(korean.getByRole('status').filter({ hasText: 'postgresql orders' })).toContainText('실패했습니다');
  await context.close();
});

test('speaks Korean', async ({ browser, town }) => {
  const context = await browser.newContext({ locale: 'ko-KR', baseURL: town.ui });
  const page = await context.newPage();
  await page.goto(MAP);
  const korean = page.getByRole('group', { name: '서비스 지도' });
  await expect(korean.getByRole('button', { name: /^team-7, 서비스 25개/ })).toBeVisible();
  await context.close();
});
