import type { QueryNode } from '@threadline/query-language';
import type { LogRecord } from '../api/index.ts';
import type { ReadContext, Storage } from './storage.ts';

export interface ArrivalRequest {
  readonly query: QueryNode;
  /** Where an earlier page ended. Undefined: the page is empty and says where arrivals stand now. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** What arrived between two positions. */
export interface ArrivalPage {
  /** Of those that match the last that arrived, at most `limit`, in the order of their arrival. */
  readonly records: readonly LogRecord[];
  /** How many others match; all of them arrived before those. */
  readonly skippedCount: number;
  /** How many arrived of which it is not known whether they match: too many to look at each, or no longer at hand. */
  readonly unreadCount: number;
  /** `after` is of another time of the storage, or none at all: what has arrived since then cannot be told, and the page begins now. */
  readonly isBroken: boolean;
  /** Where this page ends; of a single line, and short. */
  readonly position: string;
}

/**
 * Logs in the order in which they became searchable, whatever times they carry: one that comes an hour late is in the page of its arrival.
 * Pages that follow each other have each record that matches in `records` or in a count, and none twice; but a record whose write
 * had to be tried again may come again.
 */
export interface LogArrivals {
  /** Faults as those of `Storage`'s reads. `query` holds only forms that the storage's capabilities offer. */
  read(request: ArrivalRequest, context: ReadContext): Promise<ArrivalPage>;
}

/** A storage, and the order in which logs come into it. */
export interface StorageWithArrivals {
  readonly storage: Storage;
  readonly arrivals: LogArrivals;
}
