import { DatabaseSync } from 'node:sqlite';

export type OrderStatus = 'placed' | 'paid' | 'out_of_stock' | 'declined' | 'failed';

export interface Order {
  readonly id: string;
  readonly email: string;
  readonly totalCents: number;
  readonly status: string;
}

/** The orders' own database. */
export class OrderStore {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS customer_order (id TEXT PRIMARY KEY, email TEXT NOT NULL, totalCents INTEGER NOT NULL, status TEXT NOT NULL) STRICT',
    );
  }

  create(id: string, email: string): void {
    const status: OrderStatus = 'placed';
    this.#database.prepare('INSERT INTO customer_order VALUES (?, ?, 0, ?)').run(id, email, status);
  }

  update(id: string, status: OrderStatus, totalCents: number): void {
    this.#database.prepare('UPDATE customer_order SET status = ?, totalCents = ? WHERE id = ?').run(status, totalCents, id);
  }

  get(id: string): Order | undefined {
    const row = this.#database.prepare('SELECT * FROM customer_order WHERE id = ?').get(id);
    return row && { id: String(row.id), email: String(row.email), totalCents: Number(row.totalCents), status: String(row.status) };
  }

  close(): void {
    this.#database.close();
  }
}
