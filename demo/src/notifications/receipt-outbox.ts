import { DatabaseSync } from 'node:sqlite';

export interface Receipt {
  readonly orderId: string;
  readonly email: string;
}

/** The notifications' own database: which receipts went out. */
export class ReceiptOutbox {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec('CREATE TABLE IF NOT EXISTS receipt (orderId TEXT PRIMARY KEY, email TEXT NOT NULL, sentAt TEXT) STRICT');
  }

  add({ orderId, email }: Receipt): void {
    this.#database.prepare('INSERT OR IGNORE INTO receipt (orderId, email) VALUES (?, ?)').run(orderId, email);
  }

  markSent(orderId: string, sentAt: Date): void {
    this.#database.prepare('UPDATE receipt SET sentAt = ? WHERE orderId = ?').run(sentAt.toISOString(), orderId);
  }

  close(): void {
    this.#database.close();
  }
}
