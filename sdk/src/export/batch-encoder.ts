/** Writes the body of a request item by item, so that no item is held until there is a batch of them. */
export interface BatchEncoder<Item> {
  /** The length of what was added, without what goes around it. */
  readonly byteCount: number;
  /**
   * Adds an item, to those of its resource and scope. What of it is not what its type says becomes text or its default. Throws for one that cannot
   * be read at all, and then nothing was added.
   */
  add(item: Item): void;
  /** Takes the item back that was added last; once. */
  undo(): void;
  /** The body of all that was added. The next one begins empty. */
  take(): Uint8Array;
}
