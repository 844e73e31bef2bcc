import { describe, expect, it } from 'vitest';
import { keysOfPage } from './page-keys.ts';

describe('the keys of a page', () => {
  it('are those of the view that is shown', () => {
    expect(keysOfPage('/trace/1', undefined)).toContain('keys.foldDepth');
    expect(keysOfPage('/trace/1', 'compare')).toEqual(expect.arrayContaining(['keys.rows', 'keys.open', 'keys.fold', 'keys.close']));
    expect(keysOfPage('/trace/1', 'compare')).not.toContain('keys.foldDepth');
    expect(keysOfPage('/trace/1', 'flame')).toContain('keys.flame');
    expect(keysOfPage('/trace/1', 'logs')).not.toContain('keys.found');
    expect(keysOfPage('/flow/1', 'sequence')).toContain('keys.fold');
    expect(keysOfPage('/flow/1', undefined)).not.toContain('keys.fold');
    expect(keysOfPage('/logs', undefined)).toEqual(expect.arrayContaining(['keys.nextError', 'keys.histogram']));
    expect(keysOfPage('/logs', 'stats')).not.toContain('keys.nextError');
  });

  it('are those that lead elsewhere on every page', () => {
    for (const pathname of ['/logs', '/trace/1', '/status', '/nowhere']) expect(keysOfPage(pathname, undefined)).toContain('keys.traces');
    expect(keysOfPage('/status', undefined)).not.toContain('keys.rows');
    expect(keysOfPage('/errors', undefined)).toContain('keys.close');
    expect(keysOfPage('/services', 'map')).not.toContain('keys.close');
  });
});
