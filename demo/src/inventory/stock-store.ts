import { DatabaseSync } from 'node:sqlite';
import type { OrderLine } from '../service/read-body.ts';
import type { Product } from './inventory-client.ts';

/** What a new shop has on its shelves. The unicorn mug is sold out and stays so: some orders have to fail. */
const ASSORTMENT: readonly Product[] = [
  { sku: 'mug-blue', name: 'Blue mug', priceCents: 1_250, inStock: 400 },
  { sku: 'mug-unicorn', name: 'Unicorn mug', priceCents: 1_890, inStock: 0 },
  { sku: 'tee-logo', name: 'T-shirt with logo', priceCents: 2_400, inStock: 300 },
  { sku: 'tee-plain', name: 'Plain T-shirt', priceCents: 1_600, inStock: 300 },
  { sku: 'cap-green', name: 'Green cap', priceCents: 1_995, inStock: 200 },
  { sku: 'bag-canvas', name: 'Canvas bag', priceCents: 1_480, inStock: 250 },
  { sku: 'pen-set', name: 'Set of three pens', priceCents: 890, inStock: 500 },
  { sku: 'notebook-a5', name: 'Notebook A5', priceCents: 1_120, inStock: 350 },
];

/** Below this a product is ordered again. */
const RESTOCK_BELOW = 50;

export type Reservation =
  | { readonly status: 'reserved'; readonly totalCents: number }
  | { readonly status: 'out_of_stock'; readonly sku: string };

/** The inventory's own database. */
export class StockStore {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS product (sku TEXT PRIMARY KEY, name TEXT NOT NULL, priceCents INTEGER NOT NULL, inStock INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS reservation (orderId TEXT NOT NULL, sku TEXT NOT NULL, quantity INTEGER NOT NULL, PRIMARY KEY (orderId, sku)) STRICT;
    `);
    const insert = this.#database.prepare('INSERT OR IGNORE INTO product VALUES (?, ?, ?, ?)');
    for (const { sku, name, priceCents, inStock } of ASSORTMENT) insert.run(sku, name, priceCents, inStock);
  }

  list(): Product[] {
    return this.#database.prepare('SELECT * FROM product ORDER BY sku').all().map(productOf);
  }

  get(sku: string): Product | undefined {
    const row = this.#database.prepare('SELECT * FROM product WHERE sku = ?').get(sku);
    return row && productOf(row);
  }

  /** All lines or none; an order that has its reservation keeps that one. */
  reserve(orderId: string, lines: readonly OrderLine[]): Reservation {
    return this.#inTransaction(() => {
      let totalCents = 0;
      for (const { sku, quantity } of lines) {
        const product = this.get(sku);
        if (product === undefined || product.inStock < quantity) return { status: 'out_of_stock', sku };
        totalCents += product.priceCents * quantity;
      }
      for (const { sku, quantity } of lines) {
        const insert = this.#database.prepare('INSERT OR IGNORE INTO reservation VALUES (?, ?, ?)');
        if (insert.run(orderId, sku, quantity).changes === 0) continue;
        this.#database.prepare('UPDATE product SET inStock = inStock - ? WHERE sku = ?').run(quantity, sku);
      }
      return { status: 'reserved', totalCents };
    });
  }

  release(orderId: string): void {
    this.#inTransaction(() => {
      const restore = 'UPDATE product SET inStock = inStock + r.quantity FROM reservation r WHERE r.sku = product.sku AND r.orderId = ?';
      this.#database.prepare(restore).run(orderId);
      this.#database.prepare('DELETE FROM reservation WHERE orderId = ?').run(orderId);
    });
  }

  /** Fills what is nearly sold out; the names of those products. */
  restock(): string[] {
    const nearlySoldOut = this.list().filter(({ sku, inStock }) => inStock < RESTOCK_BELOW && sku !== 'mug-unicorn');
    for (const { sku } of nearlySoldOut) this.#database.prepare('UPDATE product SET inStock = inStock + 300 WHERE sku = ?').run(sku);
    return nearlySoldOut.map(({ name }) => name);
  }

  close(): void {
    this.#database.close();
  }

  #inTransaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function productOf(row: Record<string, unknown>): Product {
  return { sku: String(row.sku), name: String(row.name), priceCents: Number(row.priceCents), inStock: Number(row.inStock) };
}
