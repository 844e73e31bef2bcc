import type { Locator, Page } from '@playwright/test';
import { expect, test } from './shop-test.ts';

test.use({ freshFor: 'logs' });

const rows = (page: Page): Locator => page.getByRole('grid', { name: 'Log records' }).getByRole('row');
const detail = (page: Page): Locator => page.getByRole('complementary', { name: 'Record' });
const query = (page: Page): Locator => page.getByRole('textbox', { name: 'Query' });
const total = (page: Page, text: string | RegExp): Locator => page.getByRole('region', { name: 'Records over time' }).getByText(text);

/** The logs with the query's plain field, whose editor comes once that is asked for. */
async function openWithoutEditor(page: Page, address = '/logs'): Promise<() => void> {
  const code = Promise.withResolvers<void>();
  await page.route(/assets\/query-editor-[^/]+\.js$/, async (route) => {
    await code.promise;
    await route.continue();
  });
  await page.goto(address);
  await expect(rows(page).nth(1)).toBeVisible();
  return code.resolve;
}

/** The text is in the bar and the editor has come. */
async function writeQuery(page: Page, text: string): Promise<void> {
  await page.keyboard.press('/');
  await expect(page.locator('.cm-content')).toBeFocused();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

test('lists the latest records of the last 15 minutes, with their exact count', { tag: '@elasticsearch' }, async ({ page, shop }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/logs$/);
  await expect(total(page, `${shop.logCount} records`)).toBeVisible();
  await expect(rows(page).nth(1)).toContainText('a long line');
  await expect(rows(page).filter({ hasText: 'card declined' }).first()).toContainText('ERROR');
});

test('loads page after page as the reader scrolls, to the last record', { tag: '@elasticsearch' }, async ({ page, shop }) => {
  await page.goto('/logs');
  const grid = page.getByRole('grid', { name: 'Log records' });
  await expect(grid).toHaveAttribute('aria-rowcount', '-1');
  await expect(async () => {
    await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await expect(page.getByText(`${shop.logCount} records loaded · that is all`)).toBeVisible({ timeout: 300 });
  }).toPass();
  expect(await rows(page).count()).toBeLessThan(120);
  await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect(rows(page).last()).toContainText('POST /checkout received');
});

test('runs a query, keeps it in the address, and back and reload restore it', async ({ page }) => {
  await page.goto('/logs');
  await expect(rows(page).nth(1)).toBeVisible();
  await writeQuery(page, 'level:error service:payments');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/q=level:error\+service:payments/);
  await expect(rows(page).nth(1)).toContainText('card declined');
  await expect(rows(page).filter({ hasText: 'INFO' })).toHaveCount(0);
  await page.reload();
  await expect(query(page)).toHaveValue('level:error service:payments');
  await expect(rows(page).nth(1)).toContainText('card declined');
  await page.goBack();
  await expect(rows(page).nth(1)).toContainText('a long line');
});

test('underlines what is wrong at its place and does not run it', async ({ page }) => {
  await page.goto('/logs');
  await expect(rows(page).nth(1)).toBeVisible();
  await writeQuery(page, 'service:orders level:loud');
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('Not a query yet');
  await expect(page.locator('.q-error')).toHaveText(/^loud/);
  await expect(page).not.toHaveURL(/loud/);
  await page.goto('/logs?q=service:(orders');
  await expect(page.getByRole('alert').first()).toContainText('is never closed. Expected: )');
});

test('shows a wrong query of an address at its place too, and says why there is no list', async ({ page }) => {
  await page.goto('/logs?q=duration:>5ms');
  await expect(page.getByRole('heading', { name: 'The records could not be read' })).toBeVisible();
  await expect(page.getByRole('search').getByRole('alert')).toContainText('duration');
});

test('completes fields of the language and values of the data', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/logs');
  await expect(rows(page).nth(1)).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.locator('.cm-content')).toBeFocused();
  await page.keyboard.type('serv');
  await expect(page.getByRole('option', { name: /service/ }).first()).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('option', { selected: true })).toHaveText(/^service/);
  await page.keyboard.press('Enter');
  await expect(page.locator('.cm-content')).toHaveText(/^service:/);
  await page.keyboard.type('pay');
  await page.getByRole('option', { name: /payments/ }).click();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/q=service:payments$/);
});

test('takes a completion with Tab, the first where none is chosen, and moves on where there is none', async ({ page }) => {
  await page.goto('/logs');
  await expect(rows(page).nth(1)).toBeVisible();
  await page.keyboard.press('/');
  const editor = page.locator('.cm-content');
  await expect(editor).toBeFocused();
  await page.keyboard.type('servi');
  await expect(page.getByRole('option', { name: /service/ }).first()).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(editor).toHaveText('service:');
  await expect(editor).toBeFocused();
  await page.keyboard.type('p');
  await expect(page.getByRole('option', { name: /payments/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  const chosen = String(await page.getByRole('option', { selected: true }).locator('.cm-completionLabel').textContent());
  await page.keyboard.press('Tab');
  await expect(editor).toHaveText(`service:${chosen}`);
  await page.keyboard.type(' leve');
  await expect(page.getByRole('option', { name: /level/ }).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('option')).toHaveCount(0);
  await page.keyboard.press('Tab');
  await expect(editor).not.toBeFocused();
  await expect(editor).toHaveText(`service:${chosen} leve`);
});

test('takes a click on a completion at any moment after the letter before it', async ({ page }) => {
  await page.goto('/logs');
  await expect(rows(page).nth(1)).toBeVisible();
  await page.keyboard.press('/');
  const editor = page.locator('.cm-content');
  await expect(editor).toBeFocused();
  for (let turns = 0; turns < 12; turns++) {
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('service:pa');
    await expect(page.getByRole('option', { name: /payments/ })).toBeVisible();
    // The page around the editor hears of a letter some turns of the event loop later: each of them is tried.
    await editor.evaluate(async (content, count) => {
      document.execCommand('insertText', false, 'y');
      for (let turn = 0; turn < count; turn++) {
        await new Promise<void>((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve();
          port2.postMessage(undefined);
        });
      }
      const options = (content.getRootNode() as ShadowRoot).querySelectorAll('[role=option]');
      const payments = [...options].find((option) => option.textContent?.includes('payments'));
      payments?.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true }));
    }, turns);
    await expect(editor).toHaveText('service:payments', { timeout: 3000 });
  }
});

test('takes a click on a completion while values of the data come into the list', async ({ page }) => {
  const values = Promise.withResolvers<void>();
  await page.route(/\/fields\/service\/values/, async (route) => {
    await values.promise;
    // Counts of the range, which no list of what is loaded has.
    await route.fulfill({ json: { values: [{ value: 'payments', count: 987_654 }], isPartial: false } });
  });
  await page.goto('/logs');
  await expect(rows(page).nth(1)).toBeVisible();
  await page.keyboard.press('/');
  const editor = page.locator('.cm-content');
  await expect(editor).toBeFocused();
  await page.keyboard.type('service:pay');
  await expect(page.getByRole('option', { name: /payments/ })).toBeVisible();
  // A tap comes without a pointer above the list before it: at the first change of the list after the values.
  await editor.evaluate((content) => {
    const root = content.getRootNode() as ShadowRoot;
    new MutationObserver((_, observer) => {
      observer.disconnect();
      const payments = [...root.querySelectorAll('[role=option]')].find((option) => option.textContent?.includes('payments'));
      payments?.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true }));
    }).observe(root.querySelector('.cm-tooltip-autocomplete') as Element, { attributes: true, childList: true, subtree: true });
  });
  values.resolve();
  await expect(editor).toHaveText('service:payments');
});

test('stays at the completion that the arrow keys are on while values of the data come', async ({ page }) => {
  const values = Promise.withResolvers<void>();
  await page.route(/\/fields\/correlation\.id\/values/, async (route) => {
    await values.promise;
    await route.continue();
  });
  await page.goto('/logs');
  await expect(rows(page).nth(1)).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.locator('.cm-content')).toBeFocused();
  const asked = page.waitForRequest(/\/fields\/correlation\.id\/values/);
  await page.keyboard.type('correlation.id:order-1');
  await asked;
  await page.keyboard.press('ArrowDown');
  const chosen = page.getByRole('option', { selected: true });
  const label = String(await chosen.locator('.cm-completionLabel').textContent());
  const answered = page.waitForResponse(/\/fields\/correlation\.id\/values/);
  values.resolve();
  await (await answered).finished();
  // A turn of the page, in which it takes in what has come.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  await expect(chosen).toContainText(label);
  await page.keyboard.press('Enter');
  await expect(page.locator('.cm-content')).toHaveText(`correlation.id:${label}`);
});

test('runs what is written, however late the page around the editor hears of it', async ({ page }) => {
  await page.goto('/logs');
  await expect(rows(page).nth(1)).toBeVisible();
  await writeQuery(page, 'service:pay');
  await expect(page.getByRole('option', { name: /payments/ })).toBeVisible();
  // Click and Enter in one turn of the event loop.
  await page.locator('.cm-content').evaluate((content) => {
    const options = (content.getRootNode() as ShadowRoot).querySelectorAll('[role=option]');
    const payments = [...options].find((option) => option.textContent?.includes('payments'));
    payments?.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true }));
    content.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  });
  await expect(page).toHaveURL(/q=service:payments$/);
});

test('leaves the focus where the reader has taken it while the editor came', async ({ page }) => {
  const sendEditor = await openWithoutEditor(page);
  await page.getByRole('textbox', { name: 'Query' }).fill('service:orders');
  const list = page.getByRole('grid', { name: 'Log records' });
  // The reader goes to the list right after the bar has asked where they write.
  await list.evaluate((grid) => {
    const field = document.activeElement as HTMLInputElement;
    const { selectionStart } = field;
    Object.defineProperty(field, 'selectionStart', {
      get: () => {
        queueMicrotask(() => (grid as HTMLElement).focus());
        return selectionStart;
      },
    });
  });
  sendEditor();
  await expect(page.locator('.cm-content')).toHaveText('service:orders');
  await expect(list).toBeFocused();
});

test('replaces the text that was selected before the editor came', async ({ page }) => {
  const sendEditor = await openWithoutEditor(page, '/logs?q=received');
  await page.getByRole('textbox', { name: 'Query' }).selectText();
  sendEditor();
  await expect(page.locator('.cm-content')).toBeFocused();
  await page.keyboard.insertText('service:payments');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/logs\?q=service:payments$/);
});

test('keeps a syllable that is being composed while the editor comes', async ({ page }) => {
  const sendEditor = await openWithoutEditor(page);
  await page.getByRole('textbox', { name: 'Query' }).focus();
  const keyboard = await page.context().newCDPSession(page);
  await keyboard.send('Input.imeSetComposition', { text: '겨', selectionStart: 1, selectionEnd: 1 });
  const came = page.waitForResponse(/assets\/query-editor-/);
  sendEditor();
  await (await came).finished();
  await keyboard.send('Input.imeSetComposition', { text: '결', selectionStart: 1, selectionEnd: 1 });
  await keyboard.send('Input.insertText', { text: '결' });
  await page.keyboard.insertText('제');
  await expect(page.locator('.cm-content')).toBeFocused();
  await expect(page.locator('.cm-content')).toHaveText('결제');
});

test('offers the queries of before', async ({ page }) => {
  await page.goto('/logs');
  await expect(rows(page).nth(1)).toBeVisible();
  await writeQuery(page, 'level:warn');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/q=level:warn/);
  await page.goto('/logs');
  await page.getByRole('button', { name: 'Earlier queries' }).click();
  await page.getByRole('menuitem', { name: 'level:warn' }).click();
  await expect(page).toHaveURL(/q=level:warn/);
});

test('opens the queries of before once they can be shown, when they were asked for sooner', async ({ page }) => {
  const part = Promise.withResolvers<void>();
  await page.route(/assets\/history-menu-[^/]+\.js$/, async (route) => {
    await part.promise;
    await route.continue();
  });
  await page.goto('/logs');
  await page.getByRole('button', { name: 'Earlier queries' }).click();
  await expect(page.getByRole('menu')).toBeHidden();
  part.resolve();
  await expect(page.getByRole('menu')).toContainText('Queries that you run are listed here');
});

test('zooms to the columns that are dragged over, and back widens', { tag: '@elasticsearch' }, async ({ page, shop }) => {
  await page.goto('/logs');
  await expect(total(page, `${shop.logCount} records`)).toBeVisible();
  const chart = page.getByRole('group', { name: /Arrow keys move/ });
  const box = await chart.boundingBox();
  if (box === null) throw new Error('the histogram has no box');
  await page.mouse.move(box.x + box.width * 0.5, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 30, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=20.*Z&to=20.*Z/);
  await expect(total(page, `${shop.logCount} records`)).toBeHidden();
  await expect(total(page, /^\d+ records$/)).toBeVisible();
  await page.goBack();
  await expect(total(page, `${shop.logCount} records`)).toBeVisible();
});

test('zooms by keyboard, and says what each column holds', async ({ page, shop }) => {
  await page.goto('/logs');
  await expect(total(page, `${shop.logCount} records`)).toBeVisible();
  const chart = page.getByRole('group', { name: /Arrow keys move/ });
  await chart.focus();
  for (let step = 0; step < 60; step += 1) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(chart.getByRole('status')).toContainText(/\d records?/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/from=.*to=/);
});

test('narrows to a level by a click on its count', async ({ page }) => {
  await page.goto('/logs');
  await page
    .getByRole('region', { name: 'Records over time' })
    .getByRole('button', { name: /^✕? ?ERROR \d+/ })
    .click();
  await expect(page).toHaveURL(/q=level:error/);
  await expect(rows(page).nth(1)).toContainText('ERROR');
});

test('opens a record with all its attributes and their types', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/logs?q="charging order" correlationId:"order-failed"');
  await rows(page).nth(1).click();
  await expect(page).toHaveURL(/sel=/);
  const attributes = detail(page).getByRole('table', { name: 'Attributes' });
  await expect(attributes.getByRole('row', { name: /amount/ })).toContainText('19.5');
  await expect(attributes.getByRole('row', { name: /amount/ })).toContainText('double');
  await expect(attributes.getByRole('row', { name: /items/ })).toContainText('array');
  await expect(detail(page).getByRole('table', { name: 'Resource' })).toContainText('orders-7f9c');
  await page.reload();
  await expect(attributes).toContainText('correlation.id');
  await page.keyboard.press('Escape');
  await expect(detail(page)).toBeHidden();
});

test('includes, excludes and isolates a value, and makes it a column', async ({ page }) => {
  await page.goto('/logs?q=service:orders');
  await rows(page).filter({ hasText: 'checkout failed' }).first().click();
  const attempts = detail(page)
    .getByRole('row', { name: /attempts/ })
    .getByRole('button');
  await attempts.click();
  await page.getByRole('menuitem', { name: 'Include' }).click();
  await expect(page).toHaveURL(/q=service:orders\+attempts:2/);
  await attempts.click();
  await page.getByRole('menuitem', { name: 'Add as a column' }).click();
  await expect(page.getByRole('columnheader', { name: /attempts/ })).toBeVisible();
  await expect(page).toHaveURL(/cols=attempts/);
  await attempts.click();
  await page.getByRole('menuitem', { name: 'Exclude' }).click();
  await expect(page).toHaveURL(/q=service:orders\+-attempts:2/);
  await attempts.click();
  await page.getByRole('menuitem', { name: 'Only this' }).click();
  await expect(page).toHaveURL(/q=attempts:2&/);
  await attempts.click();
  await page.getByRole('menuitem', { name: 'Copy the value' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('2');
});

test('scrolls sideways where the chosen columns leave no room for the message', async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 700 });
  await page.goto('/logs?cols=user.id,order.id,amount,client.address,items');
  const grid = page.getByRole('grid', { name: 'Log records' });
  await expect(rows(page).nth(1)).toBeVisible();
  expect(await grid.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeGreaterThan(0);
  await grid.getByRole('button', { name: 'Column items (' }).click();
  await page.getByRole('menuitem', { name: 'Remove the column' }).click();
  await expect(page).not.toHaveURL(/items/);
});

test('shows control characters and runs nothing that data holds', async ({ page }) => {
  await page.goto('/logs?q=level:fatal');
  await rows(page).nth(1).click();
  const body = detail(page).getByRole('region', { name: 'Body' });
  await expect(body).toContainText(/(␛|‹ESC›)\[31mred/);
  await expect(body).toContainText('‹U+202E›turned');
  const attributes = detail(page).getByRole('table', { name: 'Attributes' });
  await expect(attributes).toContainText('<img src=x onerror=alert(1)>');
  await attributes.getByRole('row', { name: /link/ }).getByRole('button').click();
  await expect(page.getByRole('menuitem', { name: 'Copy the value' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'Open the address' })).toBeHidden();
});

test('fetches the whole of a body that the list has cut', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/logs?q="a long line"');
  await rows(page).nth(1).click();
  await detail(page).getByRole('button', { name: 'Show more' }).click();
  await expect(detail(page).getByRole('region', { name: 'Body' })).toContainText(/the end$/);
});

test('copies a record as JSON', async ({ page }) => {
  await page.goto('/logs?q="card declined" correlationId:"order-failed"');
  await rows(page).nth(1).click();
  await detail(page).getByRole('button', { name: 'Copy as JSON' }).click();
  await expect(detail(page).getByText('Copied')).toBeVisible();
  const copied: unknown = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(copied).toMatchObject({ severityNumber: 17, body: { stringValue: 'card declined' } });
});

test('leads from a record to its trace and to its flow', async ({ page, shop }) => {
  await page.goto('/logs?q="card declined" correlationId:"order-failed"');
  await rows(page).nth(1).click();
  await detail(page).getByRole('link', { name: 'Flow order-failed' }).click();
  await expect(page.getByRole('heading', { name: 'order-failed' })).toBeVisible();
  await page.goBack();
  await detail(page).getByRole('link', { name: 'Trace', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/trace/${shop.failedTraceId}\\?span=`));
  await expect(page.getByRole('complementary', { name: 'Span' })).toContainText('card declined');
});

test('moves through the rows by keyboard', async ({ page }) => {
  await page.goto('/logs?q=service:payments');
  await expect(rows(page).nth(2)).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await expect(rows(page).nth(1)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('e');
  await expect(page.locator('[role=row][aria-selected=true]')).toContainText('ERROR');
});

test('goes to the next error with e, however far below, and says when there is none', async ({ page, shop }) => {
  const base = Date.now() - 3_600_000;
  const bodies = Array.from({ length: 900 }, (_, index) => (index === 300 || index === 310 ? `disk ${index} is full` : `round ${index}`));
  const logRecords = bodies.map((body, index) => ({
    timeUnixNano: `${base + index}000000`,
    severityNumber: body.startsWith('disk') ? 17 : 9,
    body: { stringValue: body },
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'night watch' } }] };
  await page.request.post(`${shop.collector.otlpHttp}/v1/logs`, { data: { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] } });
  await page.goto('/logs?q=service:"night watch"&from=now-2h&to=now');
  await expect(rows(page).nth(1)).toContainText('round 899');
  const selected = page.locator('[role=row][aria-selected=true]');
  await page.keyboard.press('e');
  await expect(selected).toContainText('disk 310 is full');
  await expect(selected).toBeInViewport();
  await expect(detail(page)).toContainText('disk 310 is full');
  await expect(page).toHaveURL(/q=service:"?.*night.*at=/);
  // What is between is there above it, and the list goes on below.
  await page.keyboard.press('k');
  await expect(selected).toContainText('round 311');
  await page.keyboard.press('e');
  await expect(selected).toContainText('disk 310 is full');
  await page.keyboard.press('e');
  await expect(selected).toContainText('disk 300 is full');
  await page.keyboard.press('e');
  await expect(page.getByText('No more errors below')).toBeVisible();
  await expect(selected).toContainText('disk 300 is full');
  await page.goto('/logs?q=service:"night watch"&from=now-2h&to=now&order=asc');
  await expect(rows(page).nth(1)).toContainText('round 0');
  await page.keyboard.press('e');
  await expect(selected).toContainText('disk 300 is full');
});

test('takes a step to a row that is on its way once it is here', async ({ page, shop }) => {
  const base = Date.now() - 3_600_000;
  const logRecords = Array.from({ length: 900 }, (_, index) => ({
    timeUnixNano: `${base + index}000000`,
    severityNumber: index === 300 ? 17 : 9,
    body: { stringValue: index === 300 ? 'the disk is full' : `step ${index}` },
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'stairs' } }] };
  await page.request.post(`${shop.collector.otlpHttp}/v1/logs`, { data: { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] } });
  const selected = page.locator('[role=row][aria-selected=true]');
  const held = { desc: Promise.withResolvers<void>(), asc: Promise.withResolvers<void>() };
  const here = { desc: () => held.desc.resolve(), asc: () => held.asc.resolve() };
  await page.goto('/logs?q=service:stairs&from=now-2h&to=now');
  await expect(rows(page).nth(1)).toContainText('step 899');
  // The list that begins at the error, and the rows before it.
  await page.route(/\/api\/v1\/logs\?/, async (route) => {
    const { searchParams } = new URL(route.request().url());
    if (searchParams.get('query') === 'service:stairs') await held[searchParams.get('order') === 'asc' ? 'asc' : 'desc'].promise;
    await route.continue();
  });
  await page.keyboard.press('e');
  await expect(page).toHaveURL(/sel=/);
  await page.keyboard.press('k');
  await page.keyboard.press('k');
  here.desc();
  await expect(selected).toContainText('the disk is full');
  await page.keyboard.press('k');
  here.asc();
  await expect(selected).toContainText('step 303');
  await expect(selected).toBeInViewport();
  await expect(detail(page)).toContainText('step 303');
});

test('offers no column of an attribute without a key', async ({ page }) => {
  await page.goto('/logs?q=level:fatal');
  await rows(page).nth(1).click();
  await detail(page).getByRole('button', { name: 'an empty key' }).click();
  await expect(page.getByRole('menuitem', { name: 'Copy' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: /column/ })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await detail(page).getByRole('button', { name: 'a value with spaces' }).click();
  await expect(page.getByRole('menuitem', { name: 'Add as a column' })).toBeVisible();
});

test('says which filter keeps all records out', async ({ page }) => {
  await page.goto('/logs?q=level:error service:inventory');
  await expect(page.getByRole('heading', { name: 'No record matches' })).toBeVisible();
  await page.getByRole('button', { name: 'Without level:error' }).click();
  await expect(page).toHaveURL(/q=service:inventory/);
  await expect(rows(page).nth(1)).toContainText('reserved');
  // A word is looked for in messages; what is no word of them may be the value of a field.
  await page.goto('/logs?q=level:info 203.0.113.9');
  await page.getByRole('button', { name: 'client.address:203.0.113.9' }).click();
  await expect(page).toHaveURL(/q=level:info\+client\.address:203\.0\.113\.9/);
  await expect(rows(page).nth(1)).toContainText('POST /checkout received');
});

test('says of a range that is older than anything is kept for that it is', { tag: '@elasticsearch' }, async ({ page }) => {
  for (const path of ['/logs', '/traces']) {
    await page.goto(`${path}?from=now-30d&to=now-20d`);
    await expect(page.getByRole('heading', { name: /^No (record|trace) matches$/ })).toBeVisible();
    await expect(page.getByText('kept for 7 days from their arrival on')).toBeVisible();
    await page.goto(`${path}?from=now-30d&to=now-5d&q=nobody`);
    await expect(page.getByRole('heading', { name: /^No (record|trace) matches$/ })).toBeVisible();
    await expect(page.getByText('kept for 7 days')).toHaveCount(0);
  }
});

test('has its tools, the counts of all levels and whole times in sight at every width', async ({ page }) => {
  await page.goto('/logs?from=now-2d&to=now');
  const region = page.getByRole('region', { name: 'Records over time' });
  await expect(region.getByRole('button', { name: /ERROR \d/ })).toBeVisible();
  for (const width of [1440, 1024, 720, 700, 390]) {
    await page.setViewportSize({ width, height: 800 });
    for (const name of [/FATAL \d/, /ERROR \d/, /INFO \d/, 'Live', 'Patterns', 'Saved', 'Export', 'Twice the range']) {
      await expect(region.getByRole('button', { name }), `${name} at ${width}`).toBeInViewport({ ratio: 1 });
    }
    const time = rows(page).nth(1).getByRole('gridcell').first();
    expect(await time.evaluate((cell) => cell.scrollWidth - cell.clientWidth), `time at ${width}`).toBeLessThanOrEqual(0);
  }
});
