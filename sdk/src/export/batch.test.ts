import { expect, it } from 'vitest';
import { createBatchKey, traceIdsOf } from './batch.ts';

const ONE = '0af7651916cd43dd8448eb211c80319c';
const TWO = '1af7651916cd43dd8448eb211c80319c';
const LINKED = '2af7651916cd43dd8448eb211c80319c';

function body(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

it('finds the traces of spans, each once, and not those of their links', () => {
  const spans = [
    { traceId: ONE, spanId: 'a', links: [{ spanId: 'b', traceId: LINKED }] },
    { traceId: TWO, spanId: 'c' },
    { traceId: ONE, spanId: 'd' },
  ];
  expect(traceIdsOf({ signal: 'traces', body: body({ spans }) }, 100)).toEqual([ONE, TWO]);
  expect(traceIdsOf({ signal: 'traces', body: body({ spans }) }, 1)).toEqual([ONE]);
});

it('finds the traces of log records, wherever in the record they stand', () => {
  const logRecords = [{ body: { stringValue: 'a' }, traceId: ONE }, { body: { stringValue: 'b' } }];
  expect(traceIdsOf({ signal: 'logs', body: body({ logRecords }) }, 100)).toEqual([ONE]);
});

it('makes keys of 32 hex digits, each another', () => {
  const keys = Array.from({ length: 100 }, createBatchKey);
  expect(new Set(keys).size).toBe(100);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
});
