import { describe, expect, it } from 'vitest';
import { recordCharacters } from './record-size.ts';

describe('recordCharacters', () => {
  const none = { attributes: [], resource: { attributes: [] } };
  const text = (length: number) => ({ stringValue: 'x'.repeat(length) });

  it('counts what is long, wherever it stands', () => {
    expect(recordCharacters({ ...none, body: text(1_000) })).toBe(1_000);
    expect(recordCharacters({ ...none, attributes: [{ key: 'key', value: text(500) }] })).toBe(503);
    expect(recordCharacters({ ...none, resource: { attributes: [{ key: 'k', value: { bytesValue: 'AAAA' } }] } })).toBe(5);
    const nested = { arrayValue: { values: [{ kvlistValue: { values: [{ key: 'in', value: text(70) }] } }, text(30)] } };
    expect(recordCharacters({ ...none, body: nested })).toBe(110);
  });

  it('counts a little for each value that is short', () => {
    expect(recordCharacters({ ...none, attributes: [{ key: 'n', value: { intValue: '5' } }, { key: 'e' }] })).toBe(18);
  });
});
