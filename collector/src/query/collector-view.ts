import type { DeadLetterSummary, StatusAnswer } from '../api/index.ts';

/** What a status says beside what the storage itself answers. */
export type OwnStatus = Omit<StatusAnswer, 'storage'> & {
  readonly storage: Omit<StatusAnswer['storage'], 'status' | 'notes' | 'withoutPattern' | 'withoutErrorGroup'>;
};

/** What the query side may see of the collector's own work. The composition root gives it: here nobody knows the queue. */
export interface CollectorView {
  status(): OwnStatus;
  /** The newest first; `before` leaves out that number and what is newer. */
  listDeadLetters(request: { readonly before?: number; readonly limit: number }): Promise<readonly DeadLetterSummary[]>;
}
