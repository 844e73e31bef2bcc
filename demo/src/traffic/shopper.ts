import { pick, type Random } from './random.ts';

/** What a visitor of the shop asks next. `path` may hold `{order}`, for an order that was placed before. */
export interface ShopperRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

type Action = (random: Random) => ShopperRequest;

const SKUS = weighted({
  'mug-blue': 6,
  'tee-logo': 5,
  'tee-plain': 3,
  'cap-green': 3,
  'bag-canvas': 3,
  'pen-set': 4,
  'notebook-a5': 4,
  'mug-unicorn': 1,
});
/** Most payments go well; some are slow, some need a second try, some are declined. */
const CARDS = weighted({ tok_visa: 60, tok_mastercard: 20, tok_slow_bank: 8, tok_bank_unavailable: 7, tok_declined: 5 });
const EMAILS = weighted({ 'ada@shopper.example': 8, 'lin@shopper.example': 8, 'kofi@shopper.example': 8, 'old@undeliverable.example': 1 });
const VOUCHERS = weighted({ '': 16, WELCOME10: 3, SUMMER24: 1 });

const ACTIONS: readonly { readonly weight: number; readonly value: Action }[] = [
  { weight: 25, value: () => ({ method: 'GET', path: '/products' }) },
  { weight: 30, value: (random) => ({ method: 'GET', path: `/products/${pick(random, SKUS)}` }) },
  { weight: 6, value: () => ({ method: 'GET', path: '/products/popular' }) },
  { weight: 24, value: checkout },
  { weight: 13, value: () => ({ method: 'GET', path: '/orders/{order}' }) },
  { weight: 2, value: () => ({ method: 'GET', path: '/products/mug-broken-link' }) },
];

/** The next request of a shop's usual mix; the same numbers give the same request. */
export function nextRequest(random: Random): ShopperRequest {
  return pick(random, ACTIONS)(random);
}

function checkout(random: Random): ShopperRequest {
  const lines = [...new Set(Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(random, SKUS)))];
  const voucher = pick(random, VOUCHERS);
  const body = {
    lines: lines.map((sku) => ({ sku, quantity: 1 + Math.floor(random() * 2) })),
    card: pick(random, CARDS),
    email: pick(random, EMAILS),
    ...(voucher === '' ? {} : { voucher }),
  };
  return { method: 'POST', path: '/checkout', body };
}

function weighted(weights: Readonly<Record<string, number>>) {
  return Object.entries(weights).map(([value, weight]) => ({ value, weight }));
}
