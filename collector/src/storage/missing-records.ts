import type { PlainRequest } from '../model/plain-request.ts';
import type { IndexedRecord } from '../model/record.ts';

/** Of the records of a request, in their order. */
export function recordIdsOf({ ids, wire }: PlainRequest): string[] {
  return Array.from({ length: wire.recordCount }, (_, index) => ids(index));
}

/** Each once: of records with one id the first. */
export function missingRecords(records: readonly IndexedRecord[], isThere: (id: string) => boolean): IndexedRecord[] {
  const isMissing = onceEach(isThere);
  return records.filter(({ id }) => isMissing(id));
}

/** As `missingRecords`: whole requests of which nothing is there, and of the others, which are few as a rule, the records that are missing. */
export function missingOfRequests(
  given: readonly PlainRequest[],
  isThere: (id: string) => boolean,
): { readonly requests: readonly PlainRequest[]; readonly records: readonly IndexedRecord[] } {
  const isMissing = onceEach(isThere);
  const requests: PlainRequest[] = [];
  const records: IndexedRecord[] = [];
  for (const request of given) {
    const numbers = recordIdsOf(request).flatMap((id, number) => (isMissing(id) ? [number] : []));
    if (numbers.length === request.wire.recordCount) requests.push(request);
    else for (const number of numbers) records.push(request.record(number));
  }
  return { requests, records };
}

/** Whether an id is not there and was not asked for before. */
function onceEach(isThere: (id: string) => boolean): (id: string) => boolean {
  const asked = new Set<string>();
  return (id) => {
    if (asked.has(id) || isThere(id)) return false;
    asked.add(id);
    return true;
  };
}
