import { mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { DeadLettersAnswer, StatusAnswer } from '@threadline/collector/api';
import { startCollector } from './collector-process.ts';
import { seriousViolations } from './serious-violations.ts';
import { expect, test } from './shop-test.ts';

const NANOS = (millisAgo: number): string => String(BigInt(Date.now() - millisAgo) * 1_000_000n);
const REASON = 'Elasticsearch refuses a record in every form (document_parsing_exception)';

/** Of a collector in trouble: these states last hours to reach, so the answer is made here. */
function troubled(usedShare: number): StatusAnswer {
  return {
    version: '0.1.0',
    startedAtUnixNano: NANOS(86_400_000),
    storage: {
      kind: 'elasticsearch',
      status: 'unavailable',
      fault: 'Elasticsearch at http://elasticsearch:9200 has a shard of .ds-logs-threadline-000001 that no node has started',
      notes: { url: 'http://elasticsearch:9200' },
      reduced: {
        count: 3,
        reasons: [{ reason: 'document_parsing_exception: kept without typed fields', count: 3, lastAtUnixNano: NANOS(9_000) }],
      },
      damaged: {
        count: 2,
        reasons: [
          { reason: 'logs-0000000024.parquet: its footer is damaged', count: 1, lastAtUnixNano: NANOS(8_000) },
          { reason: 'spans-0000000007.parquet: its index is damaged', count: 1, lastAtUnixNano: NANOS(80_000) },
        ],
      },
      withoutPattern: [],
      withoutErrorGroup: [],
    },
    log: {
      usedBytes: Math.round(8 * 1024 ** 3 * usedShare),
      capacityBytes: 8 * 1024 ** 3,
      waitingRequests: 48_211,
      oldestWaitingMillis: 4_320_000,
      ingest: { state: 'taking' },
      delivery: {
        state: 'waiting',
        sinceUnixNano: NANOS(4_320_000),
        lastFault: { atUnixNano: NANOS(2_000), reason: 'Elasticsearch at http://elasticsearch:9200 cannot be reached' },
      },
      setAside: { count: 1, bytes: 4_812 },
      deadLetters: { kept: 120, total: 120, reasons: [{ reason: REASON, count: 120, lastAtUnixNano: NANOS(60_000) }] },
    },
    refusals: [
      { tenant: 'default', reason: 'log_full', requests: 312, records: 156_000, lastAtUnixNano: NANOS(1_000) },
      { reason: 'unauthenticated', requests: 14, records: 0, lastAtUnixNano: NANOS(60_000) },
    ],
    metrics: [{ tenant: 'default', requests: 1_440, dataPoints: 86_400, lastAtUnixNano: NANOS(30_000) }],
    redaction: { count: 1_204, reasons: [{ reason: 'card numbers', count: 1_204, lastAtUnixNano: NANOS(5_000) }] },
  };
}

async function answerWith(page: Page, status: StatusAnswer): Promise<void> {
  await page.route('**/api/v1/status', (route) => route.fulfill({ json: status }));
  await page.route('**/api/v1/dead-letters?*', (route) => {
    const before = Number(new URL(route.request().url()).searchParams.get('cursor') ?? '121');
    const first = Math.max(1, before - 50);
    const answer: DeadLettersAnswer = {
      deadLetters: Array.from({ length: before - first }, (_, index) => ({
        number: before - 1 - index,
        atUnixNano: NANOS(60_000 + index * 1_000),
        tenant: 'default',
        signal: 'logs' as const,
        recordId: `record-${before - 1 - index}`,
        service: 'payments',
        reason: REASON,
      })),
      ...(first > 1 && { nextCursor: String(first) }),
    };
    return route.fulfill({ json: answer });
  });
}

test('shows that all is well, from the rail and by keyboard', async ({ page }) => {
  await page.goto('/logs');
  await page.getByRole('link', { name: 'Status' }).click();
  await expect(page).toHaveURL(/\/status$/);
  await expect(page.getByRole('heading', { name: 'Status', level: 1 })).toBeVisible();
  await expect(page.getByText('● answers')).toBeVisible();
  await expect(page.getByText('● taking records')).toBeVisible();
  await expect(page.getByText('● delivering')).toBeVisible();
  await expect(page.getByRole('meter', { name: 'How full the log is' })).toHaveAttribute('aria-valuenow', '0');
  await expect(page.getByText('None: the storage has taken every record.')).toBeVisible();
  await page.goto('/logs');
  await expect(page.getByRole('grid', { name: 'Log records' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('h');
  await expect(page).toHaveURL(/\/status$/);
});

test('counts what a sender was refused, by tenant', async ({ page, shop }) => {
  await fetch(`${shop.collector.otlpHttp}/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' });
  await page.goto('/status');
  const row = page.getByRole('table', { name: 'Refused at the door' }).getByRole('row', { name: 'cannot be read (400)' });
  await expect(row).toContainText('default');
  await expect(row).toContainText('drops it');
});

test('shows what waits, since when and why, and what was refused', async ({ page }) => {
  await answerWith(page, troubled(0.15));
  await page.goto('/status');
  await expect(page.getByText('✕ does not answer')).toBeVisible();
  await expect(page.getByText('a shard of .ds-logs-threadline-000001 that no node has started')).toBeVisible();
  await expect(page.getByText('1.2 GiB of 8 GiB used (15%)')).toBeVisible();
  await expect(page.getByText('✕ stopped for 1 h 12 min: the storage takes nothing')).toBeVisible();
  await expect(page.getByText('48,211 requests')).toBeVisible();
  await expect(page.getByText('http://elasticsearch:9200 cannot be reached')).toBeVisible();
  await expect(page.getByText('1 damaged part (4.7 KiB)')).toBeVisible();
  await expect(page.getByText('2 parts: what is in them cannot be read, all else is')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Damaged on disk' }).getByRole('row', { name: 'logs-0000000024.parquet' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Why records were refused' }).getByRole('row', { name: REASON })).toContainText('120');
  const refusals = page.getByRole('table', { name: 'Refused at the door' });
  await expect(refusals.getByRole('row', { name: 'the log is full (429)' })).toContainText('156,000');
  await expect(refusals.getByRole('row', { name: 'no valid key (401)' })).toContainText('not known');
  await expect(page.getByRole('table', { name: 'Metrics' }).getByRole('row', { name: 'default' })).toContainText('86,400');
  await expect(page.getByRole('table', { name: 'Redacted before it was kept' }).getByRole('row', { name: 'card numbers' })).toContainText(
    '1,204',
  );
});

/** Of a collector whose storage is well and whose door is shut. */
function refusing(reason: 'disk' | 'log_full', fault: string): StatusAnswer {
  const { log, storage, ...status } = troubled(reason === 'disk' ? 0.02 : 1);
  if (log === undefined) throw new Error('a collector in trouble has a log');
  return {
    ...status,
    storage: { ...storage, status: reason === 'disk' ? 'ok' : 'unavailable' },
    log: {
      ...log,
      ingest: { state: 'refusing', sinceUnixNano: NANOS(8_520_000), reason, fault },
      ...(reason === 'disk' && { delivery: { state: 'delivering' }, oldestWaitingMillis: 1_000 }),
    },
  };
}

const DISK_FAULT = 'nothing can be kept in /var/lib/threadline/log now: the disk is full: make room; senders keep their batches';

test('says on the way from the senders to the storage that nothing is taken, since when, why and what to do', async ({ page }) => {
  await answerWith(page, refusing('disk', DISK_FAULT));
  await page.goto('/status');
  const intake = page.getByRole('definition').filter({ hasText: 'refusing records' });
  await expect(intake).toContainText('✕ refusing records for 2 h 22 min: nothing can be written to the log');
  await expect(intake).toContainText(DISK_FAULT);
  await expect(intake).toContainText('The collector looks again every few seconds');
  await expect(intake.getByRole('time')).toBeVisible();
  await expect(page.getByText('● delivering')).toBeVisible();

  await page.unroute('**/api/v1/status');
  await answerWith(page, refusing('log_full', 'the collector holds 8589934592 bytes that the storage has not taken; send again later'));
  await page.keyboard.press('r');
  await expect(intake).toContainText('✕ refusing records for 2 h 22 min: the log is full');
  await expect(intake).toContainText('THREADLINE_QUEUE_BYTES');

  await page.unroute('**/api/v1/status');
  await page.keyboard.press('r');
  await expect(page.getByText('● taking records')).toBeVisible();
});

test('says on every page that no records are taken, so that nobody takes it for quiet', async ({ page }) => {
  await answerWith(page, refusing('disk', DISK_FAULT));
  for (const path of ['/logs', '/traces', '/flows', '/services', '/errors', '/status']) {
    await page.goto(path);
    const banner = page.getByRole('status').filter({ hasText: 'Records have been refused for 2 h 22 min' });
    await expect(banner).toContainText('nothing can be written to the log');
    await expect(banner).toContainText('does not mean that all is quiet');
  }
  await page.unroute('**/api/v1/status');
  await answerWith(page, refusing('log_full', 'full'));
  await page.keyboard.press('r');
  await expect(page.getByRole('status').filter({ hasText: 'Records have been refused for 2 h 22 min: the log is full.' })).toBeVisible();
});

test('says of what gathers to be written together that it waits as it should', async ({ page }) => {
  const { log, ...status } = troubled(0.01);
  if (log === undefined) throw new Error('a collector in trouble has a log');
  await answerWith(page, {
    ...status,
    log: { ...log, waitingRequests: 25, oldestWaitingMillis: 2_500, delivery: { state: 'delivering' } },
  });
  await page.goto('/status');
  await expect(page.getByText('25 requests')).toBeVisible();
  await expect(page.getByRole('definition').filter({ hasText: '2.5 s' })).toContainText('As it should');

  await page.unroute('**/api/v1/status');
  await answerWith(page, {
    ...status,
    log: { ...log, waitingRequests: 25, oldestWaitingMillis: 25_000, delivery: { state: 'delivering' } },
  });
  await page.keyboard.press('r');
  await expect(page.getByRole('definition').filter({ hasText: '25 s' })).toBeVisible();
  await expect(page.getByText('As it should')).toBeHidden();
});

test('says that a log is as good as empty without digits that nobody reads', async ({ page }) => {
  await answerWith(page, troubled(0.000_005_3));
  await page.goto('/status');
  await expect(page.getByText('44.5 KiB of 8 GiB used (<0.1%)')).toBeVisible();
});

test('pages through the records that the storage refused', async ({ page }) => {
  await answerWith(page, troubled(0.15));
  await page.goto('/status');
  const rows = page.getByRole('table', { name: 'Refused by the storage for good' }).getByRole('row');
  await expect(rows).toHaveCount(51);
  await expect(rows.nth(1)).toContainText('record-120');
  await page.getByRole('button', { name: 'Older' }).click();
  await expect(rows.nth(1)).toContainText('record-70');
  await page.getByRole('button', { name: 'Older' }).click();
  await expect(rows).toHaveCount(21);
  await expect(page.getByRole('button', { name: 'Older' })).toBeDisabled();
  await page.getByRole('button', { name: 'Newer' }).click();
  await expect(rows.nth(1)).toContainText('record-70');
});

test('says on every page that the storage takes nothing, and that the log is nearly full, until it is over', async ({ page }) => {
  await answerWith(page, troubled(0.15));
  await page.goto('/logs');
  const banner = page.getByRole('status').filter({ hasText: 'The storage has taken no records for 1 h 12 min.' });
  await expect(banner).toContainText('15% full');
  await banner.getByRole('link', { name: 'Status' }).click();
  await expect(page).toHaveURL(/\/status$/);

  await page.unroute('**/api/v1/status');
  await answerWith(page, troubled(0.87));
  await page.keyboard.press('r');
  await expect(page.getByText('The log is 87% full.')).toBeVisible();

  await page.unroute('**/api/v1/status');
  await page.keyboard.press('r');
  await expect(page.getByText('The log is 87% full.')).toBeHidden();
  await expect(page.getByText('● delivering')).toBeVisible();
});

test('says on every page that the storage does not answer, and how far it is behind', async ({ page }) => {
  const { log, storage, ...status } = troubled(0.01);
  if (log === undefined) throw new Error('a collector in trouble has a log');
  const lagging = { ...log, oldestWaitingMillis: 90_000, delivery: { state: 'delivering' } } as const;
  await answerWith(page, { ...status, storage, log: lagging });
  await page.goto('/logs');
  await expect(page.getByRole('status').filter({ hasText: 'The storage does not answer' })).toBeVisible();

  await page.unroute('**/api/v1/status');
  await answerWith(page, { ...status, storage: { ...storage, status: 'ok' }, log: lagging });
  await page.keyboard.press('r');
  await expect(page.getByRole('status').filter({ hasText: 'The storage is 1 min 30 s behind' })).toBeVisible();
});

test('says that what it shows may be otherwise by now where it cannot be read again', async ({ page }) => {
  await page.goto('/status');
  await expect(page.getByText('delivering')).toBeVisible();
  await page.route('**/api/v1/status', (route) => route.abort());
  await page.keyboard.press('r');
  const alert = page.getByRole('alert').filter({ hasText: 'it may be otherwise by now' });
  await expect(alert).toContainText('The collector does not answer');
  await page.unroute('**/api/v1/status');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(alert).toBeHidden();
  await expect(page.getByText('delivering')).toBeVisible();
});

test('speaks Korean', async ({ page }) => {
  await answerWith(page, troubled(0.87));
  await page.addInitScript(() => localStorage.setItem('threadline.preferences', JSON.stringify({ language: 'ko' })));
  await page.goto('/status');
  await expect(page.getByText('로그가 87% 찼습니다.')).toBeVisible();
  await expect(page.getByText('✕ 응답하지 않음')).toBeVisible();
  await expect(page.getByRole('table', { name: '수신 단계에서 거부' }).getByRole('row', { name: '로그가 가득 참(429)' })).toContainText(
    '다시 보냄',
  );
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has nothing serious for axe in trouble, in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    for (const usedShare of [0.15, 0.87]) {
      await page.unroute('**/api/v1/status');
      await answerWith(page, troubled(usedShare));
      await page.goto('/status');
      await expect(page.getByText('✕ does not answer')).toBeVisible();
      expect(await seriousViolations(page, colorScheme)).toEqual([]);
    }
  });
}

for (const width of [390, 1024, 1600]) {
  test(`needs no scrolling sideways at ${width} pixels`, async ({ page }) => {
    await answerWith(page, troubled(0.87));
    await page.setViewportSize({ width, height: 800 });
    await page.goto('/status');
    await expect(page.getByRole('table', { name: 'Refused at the door' })).toBeVisible();
    const region = page.getByRole('region', { name: 'Status', exact: true });
    expect(await region.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  });
}

test('shows the failure of the storage of a real collector, and that it is over', async ({ page }) => {
  // Answers as Elasticsearch does at the start, then refuses everything.
  let isAway = false;
  const node = await startNode(() => isAway);
  const collector = await startCollector({ THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_URL: node.url });
  try {
    isAway = true;
    const logRecords = [{ timeUnixNano: NANOS(0), body: { stringValue: 'waits' } }];
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
    await fetch(`${collector.otlpHttp}/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    await page.goto(`${collector.ui}/status`);
    await expect(page.getByText('✕ does not answer')).toBeVisible();
    await expect(page.getByText('1 request', { exact: true })).toBeVisible();
    await expect(page.getByText(/The storage has taken no records for/)).toBeVisible();
    isAway = false;
    await expect(page.getByText('● delivering')).toBeVisible({ timeout: 40_000 });
    await expect(page.getByText(/The storage has taken no records for/)).toBeHidden();
  } finally {
    await collector.stop();
    node.server.close();
  }
});

test('shows that a real collector whose log is gone takes nothing, and that it takes records again', async ({ page }) => {
  const directory = await mkdtemp(join(tmpdir(), 'threadline-ui-e2e-'));
  const collector = await startCollector({ THREADLINE_DATA_DIR: directory });
  const body = JSON.stringify({
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: NANOS(0), body: { stringValue: 'x' } }] }] }],
  });
  const send = () => fetch(`${collector.otlpHttp}/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  try {
    await rename(join(directory, 'log'), join(directory, 'moved'));
    expect((await send()).status).toBe(503);
    await page.goto(`${collector.ui}/status`);
    await expect(page.getByText('✕ refusing records for')).toBeVisible();
    await expect(page.getByText('removed or moved while in use: put it back')).toBeVisible();
    await expect(page.getByText('Records have been refused for')).toBeVisible();
    await rename(join(directory, 'moved'), join(directory, 'log'));
    await expect(page.getByText('● taking records')).toBeVisible({ timeout: 40_000 });
    await expect(page.getByText('Records have been refused for')).toBeHidden();
    expect((await send()).status).toBe(200);
  } finally {
    await collector.stop();
    await rm(directory, { recursive: true, force: true });
  }
});

/** As much of Elasticsearch as a start and one bulk request need. */
async function startNode(isAway: () => boolean): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('x-elastic-product', 'Elasticsearch');
      response.setHeader('content-type', 'application/json');
      response.statusCode = isAway() ? 503 : 200;
      const path = request.url ?? '';
      const hits = { timed_out: false, hits: { hits: [] } };
      const bulk = { errors: false, items: [{ create: { status: 201 } }] };
      const ownTemplate = { template: { mappings: {} } };
      const figuresIndex = /^\/(threadline-figures-[^/?]+)\?/.exec(path)?.[1];
      const figures = { [figuresIndex ?? '']: { mappings: { properties: { state: { type: 'keyword' } } } } };
      const written = { _seq_no: 0, _primary_term: 1 };
      const answers: readonly (readonly [part: string, answer: object])[] = [
        ['_search', hits],
        ['_bulk', bulk],
        ['_simulate_index', ownTemplate],
        ['/_doc/', written],
      ];
      response.end(JSON.stringify(figuresIndex === undefined ? (answers.find(([part]) => path.includes(part))?.[1] ?? {}) : figures));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`, server };
}
