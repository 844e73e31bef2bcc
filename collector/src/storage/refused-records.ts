import { ThreadlineError } from '../errors.ts';

/** The storage has all records of a write but these, which it refuses for good whatever is left out of them. Safe to write the others again. */
export class RefusedRecordsError extends ThreadlineError {
  /** Why, by the record's id; quotes nothing of the record. */
  readonly reasons: ReadonlyMap<string, string>;

  constructor(reasons: ReadonlyMap<string, string>) {
    super('internal', reasons.values().next().value ?? 'the storage refuses records');
    this.reasons = reasons;
  }
}
