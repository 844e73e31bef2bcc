import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseList, parseLogsUrl, parseSearchText, parseServicesUrl, parseTraceUrl, writeList, writeSearchText } from './url-state.ts';

describe('the address', () => {
  it('is the same state when written and read again', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.record({ q: text, from: text, to: text, cols: text, sel: text }, { requiredKeys: [] }), (state) => {
        expect(parseLogsUrl(parseSearchText(writeSearchText(state)))).toEqual(state);
      }),
    );
  });

  it('can be read by people', () => {
    expect(writeSearchText({ q: 'level:error path:/a', from: '2026-11-23T14:00:00Z' })).toBe(
      '?q=level:error+path:/a&from=2026-11-23T14:00:00Z',
    );
    expect(writeSearchText({ q: undefined, sel: '' })).toBe('');
  });

  it('keeps only what a page knows', () => {
    expect(parseTraceUrl({ span: 'a', view: 'nonsense', logs: '1', other: 'x' })).toEqual({ span: 'a' });
    expect(parseTraceUrl({ view: 'logs', logs: '0' })).toEqual({ view: 'logs', logs: '0' });
    expect(parseLogsUrl({ q: 5, order: 'desc', view: 'list', rank: 'count' })).toEqual({});
    expect(parseLogsUrl({ view: 'patterns', rank: 'rare' })).toEqual({ view: 'patterns', rank: 'rare' });
  });

  it('keeps how the map is shown', () => {
    const shown = { view: 'map', focus: 'service:a', steps: '2', group: 'namespace', live: '0', zoom: '150' } as const;
    expect(parseServicesUrl(parseSearchText(writeSearchText(shown)))).toEqual(shown);
    expect(parseServicesUrl({ zoom: 'fit' })).toEqual({ zoom: 'fit' });
    expect(parseServicesUrl({ steps: '9', group: 'colour', live: '1', zoom: 'wide' })).toEqual({});
  });

  it('names columns whatever is in their keys', () => {
    const keys = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 5 });
    fc.assert(
      fc.property(keys, (columns) => {
        expect(parseList(writeList(columns))).toEqual(columns);
      }),
    );
  });
});
