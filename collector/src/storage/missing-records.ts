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
  requests: readonly PlainRequest[],
  isThere: (id: string) => boolean,
): { readonly requests: readonly PlainRequest[]; readonly records: readonly IndexedRecord[] } {
  const isMissing = onceEach(isThere);
  const missing = { requests: [] as PlainRequest[], records: [] as IndexedRecord[] };
  for (const request of requests) {
    const numbers = recordIdsOf(request).flatMap((id, number) => (isMissing(id) ? [number] : []));
    if (numbers.length === request.wire.recordCount) missing.requests.push(request);
    else if (numbers.length > 0) {
      const records = request.records();
      for (const number of numbers) if (records[number]) missing.records.push(records[number]);
    }
  }
  return missing;
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
