import { describe, expect, it } from 'vitest';
import { RecordCounter } from './record-counter.ts';

function count(format: 'csv' | 'ndjson', text: string, size: number): number {
  const bytes = new TextEncoder().encode(text);
  const counter = new RecordCounter(format);
  for (let at = 0; at < bytes.length; at += size) counter.push(bytes.subarray(at, at + size));
  return counter.records;
}

describe('RecordCounter', () => {
  it.each([1, 2, 3, 1_000])('counts lines of JSON, whatever quotes are in them, in pieces of %i', (size) => {
    expect(count('ndjson', '{"a":"\\""}\n{"a":"주문"}\n', size)).toBe(2);
  });

  it.each([1, 2, 3, 1_000])('counts lines of a table and not its head nor the ends of lines inside of cells, in pieces of %i', (size) => {
    expect(count('csv', 'a,b\r\n1,"two\nlines, a ""word"""\r\n"""",x\r\n', size)).toBe(2);
    expect(count('csv', 'a,b\r\n', size)).toBe(0);
  });

  it('counts nothing of nothing', () => {
    expect(count('csv', '', 1)).toBe(0);
    expect(count('ndjson', '', 1)).toBe(0);
  });
});
