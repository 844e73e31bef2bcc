import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StockStore } from './stock-store.ts';

describe('StockStore', () => {
  let stock: StockStore;
  beforeEach(() => {
    stock = new StockStore(':memory:');
  });
  afterEach(() => stock.close());

  const inStock = (sku: string) => stock.get(sku)?.inStock;

  it('takes what is reserved from the shelf and gives the price', () => {
    const before = inStock('mug-blue') ?? 0;
    expect(stock.reserve('order-1', [{ sku: 'mug-blue', quantity: 2 }])).toEqual({ status: 'reserved', totalCents: 2_500 });
    expect(inStock('mug-blue')).toBe(before - 2);
  });

  it('reserves once however often an order asks', () => {
    const before = inStock('mug-blue') ?? 0;
    stock.reserve('order-1', [{ sku: 'mug-blue', quantity: 2 }]);
    stock.reserve('order-1', [{ sku: 'mug-blue', quantity: 2 }]);
    expect(inStock('mug-blue')).toBe(before - 2);
  });

  it('reserves all lines or none', () => {
    const before = inStock('mug-blue');
    const lines = [
      { sku: 'mug-blue', quantity: 1 },
      { sku: 'mug-unicorn', quantity: 1 },
    ];
    expect(stock.reserve('order-1', lines)).toEqual({ status: 'out_of_stock', sku: 'mug-unicorn' });
    expect(inStock('mug-blue')).toBe(before);
  });

  it('gives back what an order had reserved, once', () => {
    const before = inStock('tee-logo');
    stock.reserve('order-1', [{ sku: 'tee-logo', quantity: 5 }]);
    stock.release('order-1');
    stock.release('order-1');
    expect(inStock('tee-logo')).toBe(before);
  });

  it('fills the shelf of a product that is nearly sold out', () => {
    const left = inStock('cap-green') ?? 0;
    stock.reserve('order-1', [{ sku: 'cap-green', quantity: left }]);
    expect(stock.restock()).toEqual(['Green cap']);
    expect(inStock('cap-green')).toBe(300);
    expect(stock.restock()).toEqual([]);
  });
});
