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

it('says nothing of it beside one record, and nothing in the words of Jaeger', async () => {
  isDelivered = false;
  const { id } = buildLog('one');
  expect(await api.get<LogRecord>(`/api/v1/logs/${id}`)).toMatchObject({ id });
  expect(JSON.parse((await api.send('/jaeger/api/services')).text)).not.toHaveProperty('warnings');
});
