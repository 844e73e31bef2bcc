import { describe, expect, it } from 'vitest';
import type { CountedField } from './facets.ts';
import { fieldsWithWord, wordOf } from './fields-of-word.ts';
import { logRecord } from './record-fixtures.ts';

const clause = (text: string) => ({ text, start: 0, end: text.length });

describe('wordOf', () => {
  it.each([
    ['ORD-4184815', 'ORD-4184815'],
    ['"EVT-2758/112-F-8"', 'EVT-2758/112-F-8'],
    ['a\\:b', 'a:b'],
  ])('is what %s looks for in messages', (text, word) => {
    expect(wordOf(clause(text))).toBe(word);
  });

  it.each(['level:error', '-timeout', 'conn*', 't?meout', '(a OR b)', 'a AND b', '""'])('is none of %s', (text) => {
    expect(wordOf(clause(text))).toBeUndefined();
  });
});

const field = (place: CountedField['place'], key: string): CountedField => ({
  field: place === 'record' ? key : `${place}.${key}`,
  place,
  key,
  count: 1,
});
const FIELDS = [field('record', 'level'), field('record', 'service'), field('attributes', 'orderId'), field('resource', 'host.name')];

describe('fieldsWithWord', () => {
  it('asks at once for all fields that may have it, but for the level, which has words of its own', () => {
    expect(fieldsWithWord('A-1', FIELDS).query).toBe('(service:A-1 OR orderId:A-1 OR resource.host.name:A-1)');
  });

  it('asks for ids of that length too, in hex', () => {
    expect(fieldsWithWord('bf8d67eb96b9b048335a611e0e286386', []).query).toBe('(traceId:bf8d67eb96b9b048335a611e0e286386)');
    expect(fieldsWithWord('BF8D67EB96B9B048', []).query).toBe('(spanId:BF8D67EB96B9B048)');
    expect(fieldsWithWord('A-1', []).query).toBe('');
  });

  it('tells from the records which of them it was', () => {
    const { filtersOf } = fieldsWithWord('A-1', FIELDS);
    const order = logRecord({ attributes: [{ key: 'orderId', value: { stringValue: 'A-1' } }] });
    const listed = logRecord({ attributes: [{ key: 'orderId', value: { arrayValue: { values: [{ stringValue: 'A-1' }] } } }] });
    const service = logRecord({ service: 'A-1', attributes: [{ key: 'other', value: { stringValue: 'A-1' } }] });
    expect(filtersOf([order])).toEqual(['orderId:A-1']);
    expect(filtersOf([listed])).toEqual(['orderId:A-1']);
    expect(filtersOf([service, order])).toEqual(['service:A-1', 'orderId:A-1']);
    const traced = fieldsWithWord('BF8D67EB96B9B048', FIELDS);
    expect(traced.filtersOf([logRecord({ spanId: 'bf8d67eb96b9b048' })])).toEqual(['spanId:BF8D67EB96B9B048']);
  });
});
