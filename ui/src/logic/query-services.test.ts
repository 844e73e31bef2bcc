import { describe, expect, it } from 'vitest';
import { servicesOf } from './query-services.ts';

describe('servicesOf', () => {
  it.each([
    ['service:orders', ['orders']],
    ['level:error service:"the shop" timeout', ['the shop']],
    ['service:(orders OR payments OR orders) x', ['orders', 'payments']],
    ['a AND service:orders', ['orders']],
  ])('of %s are those', (query, services) => {
    expect(servicesOf(query)).toEqual(services);
  });

  it.each(['', 'orders', '-service:orders', 'service:ord*', 'service:orders OR x', 'service:(a b)', 'service:/x/ y*', 'NOT service:a'])(
    'of %j are not told',
    (query) => {
      expect(servicesOf(query)).toBeUndefined();
    },
  );
});
