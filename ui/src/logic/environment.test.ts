import { parseQuery } from '@threadline/query-language';
import { describe, expect, it } from 'vitest';
import { environmentUrl, parseEnvironment, queryIn } from './environment.ts';

describe('an environment', () => {
  it('is in an address, where none is everywhere and a dash is what does not say', () => {
    expect([undefined, '', 'staging'].map(environmentUrl)).toEqual([{}, { env: '-' }, { env: 'staging' }]);
    expect([undefined, '-', 'staging'].map(parseEnvironment)).toEqual([undefined, '', 'staging']);
  });

  it('narrows a query by either name of the attribute', () => {
    expect(queryIn(undefined, 'service:orders')).toBe('service:orders');
    expect(queryIn('staging', 'service:orders')).toBe(
      'service:orders (deployment.environment.name:staging OR deployment.environment:staging)',
    );
    expect(queryIn('', '')).toBe('-deployment.environment.name:* -deployment.environment:*');
    const odd = queryIn('pre prod (eu)', 'service:orders');
    expect(odd).toContain('deployment.environment:"pre prod (eu)"');
    for (const target of ['logs', 'spans'] as const) expect(() => parseQuery(odd, target)).not.toThrow();
  });
});
