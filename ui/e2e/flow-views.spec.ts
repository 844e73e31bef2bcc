import type { Locator, Page } from '@playwright/test';
import { expect } from './console-watch.ts';
import {
  BROKEN_FLOW,
  LONG_FLOW,
  LONG_FLOW_RECORDS,
  LONG_FLOW_SPANS,
  POISON_DELIVERIES,
  POISON_FLOW,
  RICH_FLOW,
  SAMPLED_FLOW,
  SKEWED_FLOW,
  UNTAKEN_FLOW,
} from './flow-seed.ts';
import { test } from './flow-test.ts';
import { seriousViolations } from './serious-violations.ts';

const messages = (page: Page): Locator => page.getByRole('grid', { name: 'Messages in causal order' }).getByRole('row');
const records = (page: Page): Locator => page.getByRole('complementary', { name: 'Records of the flow' }).getByRole('row');

test('has a lane for each instance, and says where the thread is whole', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto(`/flow/${RICH_FLOW}`);
  await expect(page.getByText('✓ complete')).toBeVisible();
  await expect(page.getByText('payments', { exact: true }).first()).toBeVisible();
  for (const instance of ['a', 'b']) await expect(page.getByText(instance, { exact: true })).toBeVisible();
  await expect(page.getByText('nginx').first()).toBeVisible();
  await expect(page.getByRole('region', { name: /The thread breaks/ })).toHaveCount(0);
  await expect(page.getByRole('list', { name: 'Libraries that are not followed' })).toHaveText(
    /^orders does not follow pg, which was loaded before the SDK: .* would not be here\. Start the service with node --import/,
  );
});

test('shows the flow as messages in causal order, loops folded, errors and attempts marked', async ({ page }) => {
  await page.goto(`/flow/${RICH_FLOW}`);
  await page.getByRole('tab', { name: 'Sequence' }).click();
  await expect(page).toHaveURL(/view=sequence/);
  await expect(messages(page).filter({ hasText: 'kafka order.created to mail' })).toBeVisible();
  const texts = await messages(page).allTextContents();
  const place = (text: RegExp) => texts.findIndex((row) => text.test(row));
  expect(place(/Outside to web.*POST \/checkout/)).toBe(1);
  expect(place(/web to orders/)).toBeGreaterThan(1);
  expect(place(/orders to postgresql shop.*SELECT items.*×5/)).toBeGreaterThan(place(/web to orders/));
  expect(place(/orders to payments · b.*POST \/charge.*↻2/)).toBeGreaterThan(place(/orders to payments · a.*✕POST \/charge/));
  expect(place(/orders to kafka order.created, not waited for/)).toBeGreaterThan(0);
  expect(place(/kafka order.created to mail/)).toBeGreaterThan(place(/orders to kafka/));
  await page.getByRole('button', { name: 'loop ×5' }).click();
  await expect(messages(page).filter({ hasText: 'SELECT items' })).toHaveCount(5);
  await test.step('what is unfolded is in the address', async () => {
    await expect(page).toHaveURL(/loops=[0-9a-f]{16}/);
    await page.reload();
    await expect(messages(page).filter({ hasText: 'SELECT items' })).toHaveCount(5);
  });
  await page.getByRole('button', { name: 'loop ×5' }).click();
  await expect(messages(page).filter({ hasText: 'SELECT items' })).toHaveCount(1);
  await expect(page).not.toHaveURL(/loops=/);
});

test('marks a further attempt in the list of the timeline too, in words for who does not see it', async ({ page }) => {
  await page.goto(`/flow/${RICH_FLOW}`);
  const rows = page.getByRole('grid', { name: 'Spans and records in causal order' }).getByRole('row').filter({ hasText: 'POST /charge' });
  await expect(rows.filter({ hasText: '↻2' }).getByRole('img', { name: 'attempt 2' })).toBeVisible();
});

test('has the hint of the records whole, and no pane where there are none', async ({ page }) => {
  await page.goto(`/flow/${RICH_FLOW}?view=sequence`);
  const hint = page.getByText('The records of a message are marked here when you point at it.');
  await expect(hint).toBeVisible();
  expect(await hint.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  await page.route('**/api/v1/flows/*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), logs: [] } });
  });
  await page.goto(`/flow/${RICH_FLOW}?view=sequence`);
  await expect(messages(page).nth(1)).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'Records of the flow' })).toHaveCount(0);
});

test('shows both ends of a broken hop in colours of their own, which they have on every page', async ({ page }) => {
  await page.goto(`/flow/${BROKEN_FLOW}`);
  const doctor = page.getByRole('region', { name: 'The thread breaks at 1 place' });
  const colorOf = (place: Locator, name: string) =>
    place
      .getByText(name, { exact: true })
      .first()
      .evaluate((element) => getComputedStyle(element.previousElementSibling ?? element).backgroundColor);
  await expect(doctor.getByText('bank', { exact: true }).first()).toBeVisible();
  const ends = await Promise.all(['web', 'bank'].map((name) => colorOf(doctor, name)));
  expect(new Set(ends).size).toBe(2);
  await page.goto('/services?from=now-1h');
  const services = page.getByRole('grid', { name: 'Services' });
  for (const [at, name] of ['web', 'bank'].entries()) {
    await expect(services.getByText(name, { exact: true })).toBeVisible();
    expect(await colorOf(services, name)).toBe(ends[at]);
  }
});

test('folds a message that is delivered again and again, in the sequence and among the traces', async ({ page }) => {
  await page.goto(`/flow/${POISON_FLOW}?view=sequence`);
  const deliveries = messages(page).filter({ hasText: 'process letters' });
  await expect(deliveries).toHaveCount(1);
  await expect(deliveries).toContainText(`×${POISON_DELIVERIES}`);
  await deliveries.getByRole('button', { name: `loop ×${POISON_DELIVERIES}` }).click();
  await expect(deliveries.filter({ hasText: '↻2' })).toBeVisible();
  const traces = page.getByRole('list', { name: 'Traces' }).getByRole('link', { name: 'process letters' });
  await expect(traces).toHaveCount(1);
  await page.getByRole('button', { name: `${POISON_DELIVERIES} traces that look the same` }).click();
  await expect(traces).toHaveCount(POISON_DELIVERIES);
});

for (const width of [1440, 1000, 390]) {
  test(`has each time of a flow of many minutes whole and on a line of its own at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await page.goto(`/flow/${POISON_FLOW}`);
    const list = page.getByRole('grid', { name: 'Spans and records in causal order' });
    const rows = list.getByRole('row');
    const last = rows.filter({ hasText: '+13 min 1 s' }).first();
    await expect(rows.filter({ hasText: 'process letters' }).first()).toBeVisible();
    await list.focus();
    await page.keyboard.press('End');
    await expect(last).toBeInViewport();
    const cells = await last.getByRole('gridcell').evaluateAll((all) =>
      all.map((cell) => ({
        isOver: cell.scrollWidth > cell.clientWidth,
        height: cell.getBoundingClientRect().height,
        text: cell.textContent ?? '',
      })),
    );
    const times = cells.filter(({ text }) => /^\+?[\d.]+ m/.test(text));
    expect(times.map(({ text }) => text)).toEqual(['+13 min 1 s', '120 ms']);
    const [{ height: oneLine } = { height: 0 }] = times.slice(1);
    for (const time of times) expect(time).toMatchObject({ isOver: false, height: oneLine });
  });
}

test('shows the records of a message that is pointed at, and the message of a record', async ({ page }) => {
  await page.goto(`/flow/${RICH_FLOW}?view=sequence`);
  await messages(page).filter({ hasText: 'kafka order.created to mail' }).hover();
  await expect(records(page).filter({ hasText: 'receipt queued' }).locator('[data-shown="true"]')).toBeVisible();
  await records(page).filter({ hasText: 'the bank is away' }).click();
  await expect(page.getByRole('complementary', { name: 'Record' })).toContainText('the bank is away');
  await expect(messages(page).filter({ hasText: 'payments · a' })).toHaveAttribute('aria-selected', 'true');
});

test('leads through the messages with the keyboard alone', async ({ page }) => {
  await page.goto(`/flow/${RICH_FLOW}?view=sequence`);
  const grid = page.getByRole('grid', { name: 'Messages in causal order' });
  await expect(messages(page).first()).toBeVisible();
  await grid.focus();
  for (let key = 0; key < 3; key += 1) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(messages(page).filter({ hasText: 'SELECT items' })).toHaveCount(5);
  await test.step('left goes out of a loop to its head and folds it', async () => {
    const active = () =>
      grid.evaluate((element) => element.ownerDocument.getElementById(element.getAttribute('aria-activedescendant') ?? '')?.textContent);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(active).toContain('loop');
    await page.keyboard.press('ArrowLeft');
    await expect(messages(page).filter({ hasText: 'SELECT items' })).toHaveCount(1);
    await page.keyboard.press('ArrowRight');
    await expect(messages(page).filter({ hasText: 'SELECT items' })).toHaveCount(5);
  });
  await page.keyboard.press('e');
  await expect(page.getByRole('complementary', { name: 'Span' }).getByRole('heading', { name: 'POST /charge' })).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: 'Span' })).toHaveCount(0);
});

test('takes the sequence along as text and as pictures', async ({ page }) => {
  await page.goto(`/flow/${RICH_FLOW}?view=sequence`);
  await page.getByRole('button', { name: 'Copy as Mermaid' }).click();
  await expect(page.getByText('Copied')).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain('sequenceDiagram');
  expect(text).toContain('loop 5 times');
  for (const type of ['SVG', 'PNG']) {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: `Save as ${type}` }).click();
    expect((await download).suggestedFilename()).toBe(`${RICH_FLOW}.${type.toLowerCase()}`);
  }
});

test('names the hop at which the thread breaks, why, and where it goes on', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto(`/flow/${BROKEN_FLOW}`);
  const doctor = page.getByRole('region', { name: 'The thread breaks at 1 place' });
  await expect(doctor.getByText('Headers dropped on the way')).toBeVisible();
  await expect(doctor.getByText('The request came to bank from 10.0.0.9, on behalf of 10.0.0.4')).toBeVisible();
  await expect(doctor.getByText('It was sent to proxy:8080 and arrived at bank:9000')).toBeVisible();
  await expect(page.getByRole('grid').getByRole('img', { name: /The thread breaks here/ })).toBeVisible();
  await doctor.getByRole('button', { name: 'Show the place' }).click();
  await expect(page.getByRole('complementary', { name: 'Span' }).getByRole('heading', { name: 'POST', exact: true })).toBeVisible();
  await page.getByRole('tab', { name: 'Sequence' }).click();
  await expect(messages(page).filter({ hasText: 'Headers dropped on the way' })).toBeVisible();
  await doctor.getByRole('link', { name: 'Where it goes on' }).click();
  await expect(page.getByRole('heading', { name: 'bank-77' })).toBeVisible();
});

test('tells a message that no span takes as that, and what became of its consumer', async ({ page }) => {
  await page.goto(`/flow/${UNTAKEN_FLOW}`);
  const doctor = page.getByRole('region', { name: 'The thread breaks at 1 place' });
  await expect(doctor.getByText('Sampled out')).toBeVisible();
  await expect(doctor.getByText('rabbitmq parcels', { exact: true })).toBeVisible();
  await expect(page.getByText(/No span takes the message of span [0-9a-f]{16}/)).toBeVisible();
  await expect(page.getByText(/has not arrived/)).toHaveCount(0);
  // A consumer that took from there until a moment before: when it did is when something became of it.
  const values = { destination: 'rabbitmq parcels', service: 'courier', taken: '19', at: '1795168800000000000' };
  const stopped = { cause: 'message_waiting', evidence: [{ fact: 'destination_stopped', values }] };
  await page.route('**/api/v1/flows/*', async (route) => {
    const answer = await route.fetch();
    const { breaks, ...rest } = await answer.json();
    await route.fulfill({ response: answer, json: { ...rest, breaks: [{ ...breaks[0], ...stopped }] } });
  });
  await page.reload();
  await expect(
    doctor.getByText('courier took messages from rabbitmq parcels, 19 in the hour before, the last one 2026-11-20 19:00:00'),
  ).toBeVisible();
});

test('heads a service whose spans were sampled out as that service', async ({ page }) => {
  await page.goto(`/flow/${SAMPLED_FLOW}?view=sequence`);
  const participants = messages(page).getByRole('columnheader', { name: 'Participants' });
  await expect(participants).toContainText(/web.*shelf.*no spans \(sampled out\)/);
  await expect(messages(page).filter({ hasText: 'web to shelf' })).toBeVisible();
  await expect(participants.getByText('external')).toHaveCount(0);
});

test('holds a flow of 10,000 records in both views', async ({ page }) => {
  await page.goto(`/flow/${LONG_FLOW}`);
  await expect(page.getByText(`${LONG_FLOW_SPANS.toLocaleString('en')} spans`)).toBeVisible();
  await expect(page.getByText(`${LONG_FLOW_RECORDS.toLocaleString('en')} records`)).toBeVisible();
  await expect(page.getByRole('grid', { name: 'Spans and records in causal order' })).toHaveAttribute(
    'aria-rowcount',
    String(LONG_FLOW_SPANS + LONG_FLOW_RECORDS + 1),
  );
  await page.getByRole('tab', { name: 'Sequence' }).click();
  await expect(messages(page).nth(1)).toBeVisible();
  expect(await messages(page).count()).toBeLessThan(80);
});

test('names a clock by which the flow could not have been, and draws it where it belongs, in the address', {
  tag: '@elasticsearch',
}, async ({ page }) => {
  await page.goto(`/flow/${SKEWED_FLOW}`);
  const clocks = page.getByRole('note', { name: 'Clocks of the services' });
  await expect(clocks).toContainText('The clock of cart is 4 s ahead');
  await expect(clocks).toContainText('1 call');
  await expect(clocks).not.toContainText('prices');
  const row = page.getByRole('grid').getByRole('row', { name: /GET \/cart/ });
  await expect(row).toContainText('+4.01 s');
  await page.getByLabel('Correct clock skew').check();
  await expect(page).toHaveURL(/clocks=1/);
  await expect(clocks).toContainText('cart is drawn 4 s earlier');
  await expect(row).toContainText('+14 ms');
  await expect(page.getByRole('main').getByText('120 ms', { exact: true }).first()).toBeVisible();
  await page.reload();
  await expect(row).toContainText('+14 ms');
  await page.goto(`/flow/${RICH_FLOW}`);
  await expect(page.getByRole('grid').getByRole('row', { name: /receipt job/ })).toBeVisible();
  await expect(clocks).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has nothing serious for axe in the sequence and the doctor in ${colorScheme}, in Korean too`, async ({ page }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    for (const flow of [RICH_FLOW, BROKEN_FLOW]) {
      await page.goto(`/flow/${flow}?view=sequence`);
      await expect(messages(page).nth(1)).toBeVisible();
      expect(await seriousViolations(page, colorScheme), flow).toEqual([]);
    }
    await page.addInitScript(() => localStorage.setItem('threadline.preferences', JSON.stringify({ language: 'ko' })));
    await page.goto(`/flow/${BROKEN_FLOW}?view=sequence`);
    await expect(page.getByText('흐름이 1곳에서 끊겼습니다')).toBeVisible();
    await expect(page.getByRole('tab', { name: '시퀀스' })).toBeVisible();
  });
}
