/** A place in the log: a file, and a byte in it where a frame begins or the file ends. */
export interface LogPlace {
  readonly file: number;
  readonly offset: number;
}

/** Negative when `left` is before `right`. */
export function comparePlaces(left: LogPlace, right: LogPlace): number {
  return left.file - right.file || left.offset - right.offset;
}
