/** Smaller memory is made anew each time. */
const LEAST_BYTES = 4_096;
/** Memory that was of no use for so long is given up: longer than it takes until files of every size have been written once. */
const IDLE_MILLIS = 10_000;

/** What is free of one size. */
interface Shelf {
  readonly free: ArrayBuffer[];
  /** How few were free at any time since memory was given up last: so many were of no use. */
  leastFree: number;
}

/**
 * Memory that columns are gathered in, used again and again: what is made and forgotten for each row group costs the garbage collector more than the
 * columns cost. Bytes in it are left as they were.
 */
export class MemoryPool {
  readonly #shelves = new Map<number, Shelf>();
  readonly #now: () => number;
  #trimmedAt: number;

  /** `now`: milliseconds of a clock that only goes on. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#trimmedAt = now();
  }

  /** At least so many bytes. */
  take(bytes: number): ArrayBuffer {
    const size = sizeFor(bytes);
    const shelf = this.#shelves.get(size);
    const memory = shelf?.free.pop();
    if (!shelf || !memory) return new ArrayBuffer(size);
    shelf.leastFree = Math.min(shelf.leastFree, shelf.free.length);
    return memory;
  }

  /** Memory that was taken, and that nobody looks at any more. */
  give(memory: ArrayBuffer): void {
    const size = memory.byteLength;
    if (size < LEAST_BYTES) return;
    const shelf = this.#shelves.get(size);
    if (shelf) shelf.free.push(memory);
    else this.#shelves.set(size, { free: [memory], leastFree: 0 });
  }

  /** Gives up all that is free, at once: the garbage collector would find it much later. */
  free(): void {
    for (const { free } of this.#shelves.values()) for (const memory of free) memory.transfer(0);
    this.#shelves.clear();
  }

  /** Gives up what has been free for ten seconds. To be called now and then. */
  trim(): void {
    if (this.#now() - this.#trimmedAt < IDLE_MILLIS) return;
    this.#trimmedAt = this.#now();
    for (const [size, shelf] of this.#shelves) {
      for (const memory of shelf.free.splice(0, shelf.leastFree)) memory.transfer(0);
      shelf.leastFree = shelf.free.length;
      if (shelf.free.length === 0) this.#shelves.delete(size);
    }
  }
}

/** Powers of two: what a column grows to fits another's. */
function sizeFor(bytes: number): number {
  let size = LEAST_BYTES / 2;
  while (size < bytes) size *= 2;
  return size;
}
