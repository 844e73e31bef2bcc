import { describe, expect, it } from 'vitest';
import { createRandom, pick } from './random.ts';
import { nextRequest, type ShopperRequest } from './shopper.ts';

function firstRequests(seed: number, count: number): ShopperRequest[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => nextRequest(random));
}

describe('the visitors', () => {
  it('ask the same in every run with the same seed', () => {
    expect(firstRequests(7, 200)).toEqual(firstRequests(7, 200));
    expect(firstRequests(7, 200)).not.toEqual(firstRequests(8, 200));
  });

  it('make each kind of request in a minute of usual traffic', () => {
    const paths = new Set(firstRequests(1, 300).map(({ path }) => path));
    for (const path of ['/products', '/products/popular', '/checkout', '/orders/{order}', '/products/mug-broken-link'])
      expect(paths).toContain(path);
  });

  it('meet slow, failing and retried payments in a minute of usual traffic', () => {
    const bodies = JSON.stringify(firstRequests(1, 300).map(({ body }) => body));
    for (const word of ['tok_slow_bank', 'tok_bank_unavailable', 'tok_declined', 'SUMMER24', 'mug-unicorn', 'undeliverable'])
      expect(bodies).toContain(word);
  });

  it('order each product once at most in one cart', () => {
    for (const { body } of firstRequests(3, 500)) {
      if (body === undefined || !('lines' in body) || !Array.isArray(body.lines)) continue;
      const skus = body.lines.map(({ sku }) => sku);
      expect(new Set(skus).size).toBe(skus.length);
    }
  });
});

describe('pick', () => {
  it('follows the weights', () => {
    const random = createRandom(1);
    const counts = { often: 0, seldom: 0 };
    for (let i = 0; i < 10_000; i++)
      counts[
        pick(random, [
          { weight: 9, value: 'often' as const },
          { weight: 1, value: 'seldom' as const },
        ])
      ] += 1;
    expect(counts.seldom).toBeGreaterThan(900);
    expect(counts.seldom).toBeLessThan(1_100);
  });

  it('refuses an empty list', () => {
    expect(() => pick(createRandom(1), [])).toThrow('nothing to pick');
  });
});
