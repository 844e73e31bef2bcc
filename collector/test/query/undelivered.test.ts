import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AnswerNotes, LogRecord } from '../../src/api/index.ts';
import { buildLog } from '../storage-contract/builders.ts';
import { text } from '../storage-contract/values.ts';
import { type QueryApi, startQueryApi } from './query-api.ts';

const TRACE = '5b8aa5a2d2c872e8321cf37308d69df2';
const RANGE = 'from=1970-01-01T00:00:00Z&to=now';
const NOT_ALL = 'Not all that was acknowledged before is in the storage yet: it is on its way, and not in this answer.';

let api: QueryApi;
let isDelivered: boolean;
beforeAll(async () => {
  api = await startQueryApi({ delivered: async () => isDelivered });
  await api.write({ logs: [buildLog('one', { service: 'orders', body: text('hello'), traceId: TRACE })] });
});
afterAll(() => api.stop());

it.each([
  `/api/v1/logs?${RANGE}`,
  `/api/v1/logs/histogram?${RANGE}`,
  `/api/v1/logs/fields?${RANGE}`,
  `/api/v1/traces?${RANGE}`,
  `/api/v1/traces/${TRACE}`,
  `/api/v1/services?${RANGE}`,
])('says where the storage is behind that not all is in the answer, and only there: %s', async (path) => {
  isDelivered = false;
  expect((await api.get<AnswerNotes>(path)).warnings).toEqual([NOT_ALL]);
  isDelivered = true;
  expect((await api.get<AnswerNotes>(path)).warnings).toBeUndefined();
});

it('adds it to what the answer says beside', async () => {
  isDelivered = false;
  const { warnings = [] } = await api.get<AnswerNotes>(`/api/v1/logs?${RANGE}&query=*ello`);
  expect(warnings.at(-1)).toBe(NOT_ALL);
});

it('says it at the head of a trace in columns', async () => {
  for (const [given, warnings] of [
    [false, [NOT_ALL]],
    [true, []],
  ] as const) {
    isDelivered = given;
    const lines = await (await fetch(`${api.url}/api/v1/traces/${TRACE}/columns`)).text();
    expect(JSON.parse(lines.split('\n')[0] ?? '')).toMatchObject({ type: 'head', warnings });
  }
});

it('says nothing of it beside one record, and in the words of Jaeger among the errors', async () => {
  isDelivered = false;
  const { id } = buildLog('one');
  expect(await api.get<LogRecord>(`/api/v1/logs/${id}`)).toMatchObject({ id });
  expect(JSON.parse((await api.send('/jaeger/api/services')).text)).not.toHaveProperty('warnings');
  const search = '/jaeger/api/traces?service=orders&lookback=1h';
  for (const path of ['/jaeger/api/services', search, '/jaeger/api/dependencies'])
    expect(JSON.parse((await api.send(path)).text)).toMatchObject({ errors: [{ msg: NOT_ALL }] });
  expect(JSON.parse((await api.send('/jaeger/api/v3/services')).text)).toMatchObject({ warnings: [NOT_ALL] });
  isDelivered = true;
  expect(JSON.parse((await api.send(search)).text)).toMatchObject({ errors: null });
});

it.each([
  `/api/v1/logs/${'0'.repeat(62)}`,
  `/api/v1/traces/${'1'.repeat(32)}`,
  `/api/v1/traces/${'1'.repeat(32)}/columns`,
  `/jaeger/api/traces/${'1'.repeat(32)}`,
])('says that what is not found may be on its way: %s', async (path) => {
  isDelivered = false;
  const missing = await api.send(path);
  expect([missing.status, missing.text]).toEqual([404, expect.stringContaining(`. ${NOT_ALL}`)]);
  isDelivered = true;
  expect((await api.send(path)).text).not.toContain(NOT_ALL);
});

it.each(['ndjson', 'csv'])(
  'gives no part of the records for an export of them in %s: what is not whole is an error to try again',
  async (format) => {
    isDelivered = false;
    const path = `/api/v1/logs/export?${RANGE}&format=${format}`;
    const refused = await api.send(path);
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.text)]).toEqual([
      503,
      '10',
      { error: { code: 'storage_unavailable', message: expect.stringContaining('would not be whole') } },
    ]);
    isDelivered = true;
    expect((await fetch(`${api.url}${path}`)).status).toBe(200);
  },
);

it.each(['ndjson', 'csv'])('gives what there is in %s where that is asked for, and says that it is not all', async (format) => {
  isDelivered = false;
  const url = `${api.url}/api/v1/logs/export?${RANGE}&format=${format}&incomplete=1`;
  const some = await fetch(url);
  expect([some.status, some.headers.get('x-threadline-incomplete'), some.headers.get('trailer')]).toEqual([200, '1', null]);
  await some.text();
  isDelivered = true;
  const all = await fetch(url);
  expect([all.status, all.headers.get('x-threadline-incomplete'), all.headers.get('trailer')]).toEqual([200, null, 'x-threadline-records']);
  await all.text();
  const wrong = await api.send(`/api/v1/logs/export?${RANGE}&incomplete=yes`);
  expect([wrong.status, JSON.parse(wrong.text).error.field]).toEqual([400, 'incomplete']);
});

it('waits long for an export, and longer for Jaeger’s clients than for a person', async () => {
  const waits: (number | undefined)[] = [];
  const patient = await startQueryApi({
    delivered: (withinMillis) => {
      waits.push(withinMillis);
      return Promise.resolve(true);
    },
  });
  try {
    for (const path of [`/api/v1/logs/export?${RANGE}`, '/jaeger/api/services', `/api/v1/logs?${RANGE}`])
      await (await fetch(`${patient.url}${path}`)).text();
    expect(waits).toEqual([60_000, 10_000, undefined]);
  } finally {
    await patient.stop();
  }
});
