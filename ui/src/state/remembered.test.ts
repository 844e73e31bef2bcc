import { describe, expect, it } from 'vitest';
import { parseFieldPanel } from './field-panel.ts';
import { parseSearch, queryFor, searchUrl } from './last-search.ts';
import { parseLogLook } from './log-look.ts';
import { clampShare, MAX_PANEL_SHARE, MIN_PANEL_SHARE } from './panel-size.ts';
import { parsePreferences } from './preferences.ts';
import { MAX_HISTORY, withQuery } from './query-history.ts';
import { parseSurroundings } from './surroundings.ts';

describe('what a browser remembers', () => {
  it('has a value that exists for every preference, whatever is stored', () => {
    const preferences = { theme: 'dark', language: 'ko', zone: 'utc', density: 'comfortable' };
    expect(parsePreferences(preferences)).toEqual(preferences);
    for (const stored of [undefined, null, 'x', 5, { theme: 'pink', zone: 1 }]) {
      expect(parsePreferences(stored)).toMatchObject({ theme: 'system', zone: 'local', density: 'compact' });
    }
  });

  it('holds each query once, the latest first, up to its limit', () => {
    expect(withQuery(['b', 'a'], ' a ')).toEqual(['a', 'b']);
    expect(withQuery(['a'], '  ')).toEqual(['a']);
    const many = Array.from({ length: MAX_HISTORY }, (_, index) => `q${index}`);
    expect(withQuery(many, 'new')).toHaveLength(MAX_HISTORY);
  });

  it('keeps a panel between what can be read and what leaves a list', () => {
    expect([clampShare(0), clampShare(0.5), clampShare(2)]).toEqual([MIN_PANEL_SHARE, 0.5, MAX_PANEL_SHARE]);
  });

  it('has columns for new searches that an address can have, whatever is stored', () => {
    expect(parseLogLook({ cols: 'a:150,b', wrap: '1', q: 'level:error' })).toEqual({ cols: 'a:150,b', wrap: '1' });
    expect(parseLogLook({ cols: 'a:9,,a', wrap: true })).toEqual({ cols: 'a:40' });
    for (const stored of [undefined, null, 'x', 5, { cols: 7 }, { cols: '' }]) expect(parseLogLook(stored)).toEqual({});
  });

  it('leaves defaults out of the address', () => {
    expect(searchUrl({ query: '', from: 'now-15m', to: 'now' })).toEqual({});
    expect(searchUrl({ query: 'a', from: 'now-1h', to: 'now' })).toEqual({ q: 'a', from: 'now-1h', to: 'now' });
  });
});

describe('the search that pages carry', () => {
  const range = { from: 'now-15m', to: 'now' };
  const nothing = { queries: { logs: '', spans: '' }, target: 'logs', ...range } as const;

  it('goes on as far as the other page can ask it, and is whole on the way back', () => {
    const queries = { logs: 'level:error service:a', spans: '' };
    expect(queryFor({ ...nothing, queries }, 'logs')).toBe(queries.logs);
    expect(queryFor({ ...nothing, queries }, 'spans')).toBe('service:a');
    const carried = { ...nothing, queries: { ...queries, spans: 'service:a' }, target: 'spans' } as const;
    expect(queryFor(carried, 'logs')).toBe(queries.logs);
    const narrowed = { ...carried, queries: { ...queries, spans: 'service:a status:error' } };
    expect(queryFor(narrowed, 'logs')).toBe(queries.logs);
    expect(queryFor({ ...narrowed, target: 'logs' }, 'spans')).toBe('service:a status:error');
  });

  it('is what the reader asked last, where that is another question', () => {
    const queries = { logs: 'level:error service:a', spans: 'service:b status:error' };
    expect(queryFor({ ...nothing, queries, target: 'spans' }, 'logs')).toBe('service:b');
    expect(queryFor({ ...nothing, queries: { ...queries, spans: '' }, target: 'spans' }, 'logs')).toBe('');
  });

  it('is a search whatever is stored', () => {
    const stored = { queries: { logs: 'a', spans: 'b' }, target: 'spans', from: 'now-1h', to: 'now' };
    expect(parseSearch(stored)).toEqual(stored);
    expect(parseSearch({ ...stored, environment: 'staging' })).toEqual({ ...stored, environment: 'staging' });
    for (const odd of [
      undefined,
      null,
      'x',
      { query: 'a' },
      { queries: null },
      { queries: { logs: 5 }, target: 'x', from: 1, environment: 7 },
    ]) {
      expect(parseSearch(odd)).toEqual(nothing);
    }
  });
});

describe('parseFieldPanel', () => {
  it('keeps what is in bounds and makes the best of anything else', () => {
    const kept = { isOpen: false, share: 0.3, openFields: ['level'] };
    expect(parseFieldPanel(kept)).toEqual(kept);
    expect(parseFieldPanel({ isOpen: 'yes', share: 7, openFields: 'level' })).toEqual({
      isOpen: undefined,
      share: 0.5,
      openFields: ['level', 'service'],
    });
    expect(parseFieldPanel(null).openFields).toEqual(['level', 'service']);
    expect(parseFieldPanel({ openFields: Array.from({ length: 30 }, (_, index) => `f${index}`) }).openFields).toHaveLength(12);
  });
});

describe('parseSurroundings', () => {
  it('is closed and of the service unless something else was chosen', () => {
    expect(parseSurroundings({ isOpen: true, by: 'flow' })).toEqual({ isOpen: true, by: 'flow' });
    expect(parseSurroundings({ isOpen: 1, by: 'host' })).toEqual({ isOpen: false, by: 'service' });
    expect(parseSurroundings(undefined)).toEqual({ isOpen: false, by: 'service' });
  });
});
