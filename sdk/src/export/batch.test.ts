import { describe, expect, it } from 'vitest';
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

describe('of a body in protobuf', () => {
  /** A message with one field of bytes; all are short. */
  const field = (number: number, value: Uint8Array): Buffer => Buffer.concat([Buffer.of((number << 3) | 2, value.length), value]);
  const requestOf = (...items: Buffer[]): Buffer => field(1, field(2, Buffer.concat(items.map((item) => field(2, item)))));

  it('finds the traces of spans, each once, and not those of their links', () => {
    const spans = [ONE, TWO, ONE].map((id) =>
      Buffer.concat([field(1, Buffer.from(id, 'hex')), field(13, field(1, Buffer.from(LINKED, 'hex')))]),
    );
    const found = requestOf(spans[0] ?? Buffer.alloc(0));
    expect(traceIdsOf({ signal: 'traces', body: found }, 100)).toEqual([ONE]);
    const all = Buffer.concat(spans.map((span) => requestOf(span)));
    expect(traceIdsOf({ signal: 'traces', body: all }, 100)).toEqual([ONE, TWO]);
    expect(traceIdsOf({ signal: 'traces', body: all }, 1)).toEqual([ONE]);
  });

  it('finds the traces of log records', () => {
    const records = [field(9, Buffer.from(ONE, 'hex')), field(3, Buffer.from('info'))];
    expect(traceIdsOf({ signal: 'logs', body: requestOf(...records) }, 100)).toEqual([ONE]);
  });

  it('finds those before the place where a body is broken', () => {
    const body = Buffer.concat([requestOf(field(1, Buffer.from(ONE, 'hex'))), Buffer.of(0x0a, 100, 1)]);
    expect(traceIdsOf({ signal: 'traces', body }, 100)).toEqual([ONE]);
    expect(traceIdsOf({ signal: 'traces', body: Buffer.from('no protobuf') }, 100)).toEqual([]);
  });
});

it('makes keys of 32 hex digits, each another', () => {
  const keys = Array.from({ length: 100 }, createBatchKey);
  expect(new Set(keys).size).toBe(100);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
});
