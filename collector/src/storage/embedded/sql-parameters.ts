import { BIGINT, BOOLEAN, DOUBLE, type DuckDBType, type DuckDBValue, LIST, listValue, UBIGINT, VARCHAR } from '@duckdb/node-api';

/** Collects the values of one statement; what is added is named `$1`, `$2` … in its text. No value is ever part of the text itself. */
export class SqlParameters {
  readonly values: DuckDBValue[] = [];
  readonly types: DuckDBType[] = [];

  text(value: string): string {
    return this.#add(value, VARCHAR);
  }

  /** A signed 64-bit integer. */
  bigint(value: bigint): string {
    return this.#add(value, BIGINT);
  }

  double(value: number): string {
    return this.#add(value, DOUBLE);
  }

  boolean(value: boolean): string {
    return this.#add(value, BOOLEAN);
  }

  texts(values: readonly string[]): string {
    return this.#add(listValue([...values]), LIST(VARCHAR));
  }

  unsignedBigint(value: bigint): string {
    return this.#add(value, UBIGINT);
  }

  unsignedBigints(values: readonly bigint[]): string {
    return this.#add(listValue([...values]), LIST(UBIGINT));
  }

  #add(value: DuckDBValue, type: DuckDBType): string {
    this.values.push(value);
    this.types.push(type);
    return `$${this.values.length}`;
  }
}
