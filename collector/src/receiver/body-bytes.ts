import { freeBytes } from '../free-bytes.ts';

/** A smaller piece costs more as an object than its bytes: one of a single byte some 500. */
const SMALL_PIECE_BYTES = 4 * 1024;
/** So many small ones have the bodies of most requests at most: their pieces stay as they came. From there on all are copied into blocks, full ones. */
const MAX_SMALL_PIECES = 32;
const BLOCK_BYTES = 64 * 1024;

/** A request's body as it comes, piece by piece, in memory of about as many bytes as it has, however small the pieces are. */
export class BodyBytes {
  readonly #parts: Buffer[] = [];
  #length = 0;
  #smallPieces = 0;
  /** What pieces are copied into: the last part, as far as it is used. */
  #block: Buffer | undefined;
  #used = 0;

  get length(): number {
    return this.#length;
  }

  add(piece: Buffer): void {
    this.#length += piece.length;
    if (piece.length < SMALL_PIECE_BYTES) this.#smallPieces += 1;
    if (this.#smallPieces <= MAX_SMALL_PIECES) this.#parts.push(piece);
    else this.#copy(piece);
  }

  #copy(piece: Buffer): void {
    for (let at = 0; at < piece.length; ) {
      if (!this.#block || this.#used === BLOCK_BYTES) {
        this.#endBlock();
        this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      }
      const copied = piece.copy(this.#block, this.#used, at);
      this.#used += copied;
      at += copied;
    }
  }

  /** All of it. Nothing may be added any more; the pieces are freed unless one is the whole. */
  take(): Buffer {
    this.#endBlock();
    const [only] = this.#parts;
    if (this.#parts.length === 1 && only) return only;
    const body = Buffer.concat(this.#parts, this.#length);
    for (const part of this.#parts) freeBytes(part);
    return body;
  }

  #endBlock(): void {
    if (this.#block) this.#parts.push(this.#block.subarray(0, this.#used));
    this.#block = undefined;
    this.#used = 0;
  }
}
