import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';

/** Bodies on disk, made before anything is measured, so that the generator takes no processor from the server and every server gets the same. */
export class BodyFile {
  readonly #file: string;
  readonly #descriptor: number;
  /** Where each body ends; one more than there are bodies. */
  readonly #ends: number[] = [0];

  /** Makes `count` bodies. */
  constructor(file: string, count: number, make: (body: number) => Buffer) {
    this.#file = file;
    this.#descriptor = openSync(file, 'w+');
    let end = 0;
    for (let body = 0; body < count; body += 1) {
      end += writeSync(this.#descriptor, make(body));
      this.#ends.push(end);
    }
  }

  get count(): number {
    return this.#ends.length - 1;
  }

  get totalBytes(): number {
    return fstatSync(this.#descriptor).size;
  }

  read(body: number): Buffer {
    const start = this.#ends[body] ?? 0;
    const bytes = Buffer.allocUnsafe((this.#ends[body + 1] ?? start) - start);
    readSync(this.#descriptor, bytes, 0, bytes.length, start);
    return bytes;
  }

  /** Removes the file. */
  remove(): void {
    closeSync(this.#descriptor);
    unlinkSync(this.#file);
  }
}
