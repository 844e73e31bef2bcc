import { DatabaseSync } from 'node:sqlite';

export interface Charge {
  readonly orderId: string;
  readonly amountCents: number;
  readonly status: 'captured' | 'declined';
  /** The bank's reference; empty for a declined card. */
  readonly reference: string;
}

/** The payments' own database: one charge an order. */
export class ChargeStore {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS charge (orderId TEXT PRIMARY KEY, amountCents INTEGER NOT NULL, status TEXT NOT NULL, reference TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS attempt (orderId TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
    `);
  }

  get(orderId: string): Charge | undefined {
    const row = this.#database.prepare('SELECT * FROM charge WHERE orderId = ?').get(orderId);
    if (row === undefined) return undefined;
    const status = row.status === 'captured' ? 'captured' : 'declined';
    return { orderId: String(row.orderId), amountCents: Number(row.amountCents), status, reference: String(row.reference) };
  }

  save({ orderId, amountCents, status, reference }: Charge): void {
    this.#database.prepare('INSERT OR IGNORE INTO charge VALUES (?, ?, ?, ?)').run(orderId, amountCents, status, reference);
  }

  /** Counts this try for the order; 1 for the first. */
  countAttempt(orderId: string): number {
    const upsert = 'INSERT INTO attempt VALUES (?, 1) ON CONFLICT (orderId) DO UPDATE SET count = count + 1 RETURNING count';
    return Number(this.#database.prepare(upsert).get(orderId)?.count);
  }

  close(): void {
    this.#database.close();
  }
}
