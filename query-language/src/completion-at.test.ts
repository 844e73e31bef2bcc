import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completionAt } from './completion-at.ts';
import type { QueryTarget } from './syntax-tree.ts';

/** Thousands of runs take long where other tests take the processors. */
const PROPERTY_TIMEOUT_MILLIS = 60_000;

/** The bar is the cursor. */
function at(marked: string, target: QueryTarget = 'logs') {
  return completionAt(marked.replace('|', ''), marked.indexOf('|'), target);
}

describe('completionAt', () => {
  it('offers the fields of the target at the start of a term', () => {
    expect(at('ser|')).toEqual({ expected: ['field', 'operator'], typed: 'ser', start: 0, end: 3, candidates: ['service:'] });
    expect(at('timeout st|', 'spans').candidates).toEqual(['status:']);
    expect(at('timeout st|', 'logs').candidates).toEqual([]);
    expect(at('res|').candidates).toEqual(['resource.']);
    expect(at('-lev|')).toMatchObject({ start: 1, candidates: ['level:'] });
  });

  it('replaces the whole word with its colon where the cursor is inside', () => {
    expect(at('a ser|vi:x b')).toMatchObject({ expected: ['field', 'operator'], typed: 'ser', start: 2, end: 8 });
  });

  it('offers AND and OR behind a term only', () => {
    expect(at('|').candidates).not.toContain('AND');
    expect(at('|').candidates).toContain('NOT');
    expect(at('a |').candidates).toEqual(expect.arrayContaining(['AND', 'OR', 'NOT', 'service:']));
    expect(at('a AND |').candidates).not.toContain('OR');
    expect(at('(a) O|').candidates).toContain('OR');
  });

  it('offers the values that a field has by itself', () => {
    expect(at('level:e|')).toMatchObject({ expected: ['value'], fieldName: 'level', typed: 'e', start: 6, end: 7, candidates: ['error'] });
    expect(at('level:>=w|')).toMatchObject({ start: 8, candidates: ['warn'] });
    expect(at('level:[info TO e|]')).toMatchObject({ start: 15, end: 16, candidates: ['error'] });
    expect(at('kind:|', 'spans').candidates).toContain('server');
    expect(at('status:E|', 'spans').candidates).toEqual(['error']);
    expect(at('root:|', 'spans').candidates).toEqual(['true', 'false']);
  });

  it('offers an end of a range where the field has ranges, and says that it is one', () => {
    expect(at('level:>=w|')).toMatchObject({ expected: ['value'], isRangeEnd: true, candidates: ['warn'] });
    expect(at('amount:<1|')).toMatchObject({ expected: ['value'], isRangeEnd: true, candidates: [] });
    expect(at('amount:[1 TO 2|]')).toMatchObject({ expected: ['value'], isRangeEnd: true });
    expect(at('duration:>1|', 'spans')).toMatchObject({ expected: ['value'], isRangeEnd: true });
    for (const query of ['service:<b|', 'service:>=|', 'service:(a OR <b|)', 'service:[a TO b|]', 'message:>b|']) {
      expect(at(query), query).toMatchObject({ expected: [], candidates: [] });
    }
    expect(at('status:>|', 'spans')).toMatchObject({ expected: [], candidates: [] });
    for (const query of ['level:>=warn service:b|', 'amount:(>1 OR 2|)', 'service:=b|'])
      expect(at(query), query).not.toHaveProperty('isRangeEnd');
    expect(at('level:>=warn service:b|')).toMatchObject({ expected: ['value'] });
  });

  it('names the field whose values are asked for', () => {
    expect(at('service:|')).toMatchObject({
      expected: ['value'],
      fieldName: 'service',
      field: { type: 'record', name: 'service' },
      start: 8,
      end: 8,
    });
    expect(at('x OR http.route:"/api| more" y')).toMatchObject({
      expected: ['value'],
      field: { type: 'attribute', place: 'any', key: 'http.route' },
      typed: '/api',
      start: 16,
      end: 27,
    });
    expect(at('a\\ b:v|')).toMatchObject({ fieldName: 'a b', typed: 'v' });
  });

  it('knows the field of a group', () => {
    expect(at('level:(warn OR e|)')).toMatchObject({ expected: ['value'], fieldName: 'level', candidates: ['error'], start: 15, end: 16 });
    expect(at('level:(warn |)')).toMatchObject({ expected: ['value', 'operator'], fieldName: 'level' });
    expect(at('level:(warn OR error) |')).toMatchObject({ expected: ['field', 'operator'] });
    expect(at('level:(warn OR error) |')).not.toHaveProperty('fieldName');
  });

  it('expects nothing inside a phrase of the message and inside a regular expression', () => {
    expect(at('"connection re|set"')).toMatchObject({ expected: [], candidates: [] });
    expect(at('a:/b|c/')).toMatchObject({ expected: [], candidates: [] });
  });

  it('goes on with a value right behind it, also where a path that is not finished is a regular expression', () => {
    expect(at('http.route:/api/|')).toMatchObject({ expected: ['value'], fieldName: 'http.route', typed: '/api/', start: 11, end: 16 });
    expect(at('a http.route:(/x OR /api/|) b')).toMatchObject({ expected: ['value'], typed: '/api/', start: 20, end: 25 });
    expect(at('http.route:"/api/"|')).toMatchObject({ expected: ['value'], typed: '/api/"', isQuoted: true, start: 11, end: 18 });
    expect(at('level:"err"|')).toMatchObject({ expected: ['value'], candidates: ['error'], start: 6, end: 11 });
    expect(at('"a b"|')).toMatchObject({ expected: [], candidates: [] });
    expect(at('a:b|')).not.toHaveProperty('isQuoted');
  });

  it('goes on behind a complete phrase, range and regular expression', () => {
    for (const text of ['"a b" |', 'a:[1 TO 2] |', 'a:/b c/ |', 'a:b |', 'a:>5 |']) {
      expect(at(text)).toMatchObject({ expected: ['field', 'operator'], typed: '' });
    }
  });

  it('never throws, and its piece lies around the cursor, whatever the text', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab:"()[]{}/\\-*? <>=.', 'level:', ' OR ', ' NOT ', 'x:('), maxLength: 24 });
    fc.assert(
      fc.property(text, fc.nat(200), fc.constantFrom<QueryTarget>('logs', 'spans'), (query, position, target) => {
        const cursor = Math.min(position, query.length);
        const { start, end, typed } = completionAt(query, cursor, target);
        expect(start).toBeGreaterThanOrEqual(0);
        expect(start).toBeLessThanOrEqual(cursor);
        expect(end).toBeGreaterThanOrEqual(cursor);
        expect(end).toBeLessThanOrEqual(query.length);
        expect(query.slice(0, cursor).endsWith(typed)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
