import { DatabaseSync } from 'node:sqlite';

/** The gateway's own database: how often each product was looked at. */
export class VisitStore {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec('CREATE TABLE IF NOT EXISTS visit (sku TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT');
  }

  count(sku: string): void {
    this.#database.prepare('INSERT INTO visit VALUES (?, 1) ON CONFLICT (sku) DO UPDATE SET count = count + 1').run(sku);
  }

  /** The products that were looked at most, most first. */
  mostVisited(): string[] {
    return this.#database
      .prepare('SELECT sku FROM visit ORDER BY count DESC, sku')
      .all()
      .map(({ sku }) => String(sku));
  }

  close(): void {
    this.#database.close();
  }
}
