import { parseQuery } from '@threadline/query-language';
import { describe, expect, it } from 'vitest';
import { type Capabilities, NO_CAPABILITIES } from '../storage/capabilities.ts';
import { checkCapabilities, LEADING_WILDCARD_WARNING } from './capability-check.ts';

const SCANS: Capabilities = NO_CAPABILITIES;
const INDEXES: Capabilities = { ...NO_CAPABILITIES, regex: true, leadingWildcardScans: false };

describe('checkCapabilities', () => {
  it.each(['*reset', '?reset', 'a AND NOT (b OR path:*x)', '-path:?x'])('warns of the scan of %s', (text) => {
    expect(checkCapabilities(parseQuery(text, 'logs'), SCANS)).toEqual([LEADING_WILDCARD_WARNING]);
    expect(checkCapabilities(parseQuery(text, 'logs'), INDEXES)).toEqual([]);
  });

  it.each(['', '*', 'path:*', 'conn*', 't?meout', 'path:x*y', 'a OR b'])('has nothing to say of %s', (text) => {
    expect(checkCapabilities(parseQuery(text, 'logs'), SCANS)).toEqual([]);
  });

  it('refuses a regular expression by name and place where the storage has none', () => {
    const query = parseQuery('a AND NOT path:/x+/', 'logs');
    expect(() => checkCapabilities(query, SCANS)).toThrow(
      expect.objectContaining({ code: 'unsupported_query', field: 'query', position: 10 }),
    );
    expect(checkCapabilities(query, INDEXES)).toEqual([]);
  });
});
