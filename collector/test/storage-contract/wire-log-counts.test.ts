import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlainRequest } from '../../src/model/plain-request.ts';
import type { IndexedRecord } from '../../src/model/record.ts';
import { isSpan } from '../../src/model/record.ts';
import { idsByPosition } from '../../src/model/record-ids.ts';
import { countedLog, RequestLogs } from '../../src/storage/elasticsearch/figures/request-logs.ts';
import { sourceOfResource } from '../../src/storage/figures/countable-span.ts';
import type { CountedLogs, SpanSource } from '../../src/storage/figures/figure-counter.ts';
import { damage, damaged, requestOf, WIRE_LOGS } from './wire-arbitraries.ts';

const CONTEXT = { arrivalNanos: 1_795_132_800_123_456_789n, ids: idsByPosition({ logId: 'ab'.repeat(16), file: 3, offset: 77 }) };
const RUNS = { numRuns: 300 };
const TENANT = 'default';
/** One for all, so that what it knows of earlier requests is of use to later ones, and does no harm. */
const REQUEST_LOGS = new RequestLogs();

/** How many records and errors there are of each source and minute. */
class Counts {
  readonly #counts = new Map<string, [count: number, errors: number]>();

  add(source: SpanSource, { minute, counts }: CountedLogs): void {
    const id = JSON.stringify([source, minute]);
    const [count, errors] = this.#counts.get(id) ?? [0, 0];
    this.#counts.set(id, [count + counts.count, errors + counts.errors]);
  }

  get all(): string[] {
    return Array.from(this.#counts, ([id, counts]) => `${id}: ${counts.join(', ')}`).sort();
  }
}

function countsOf(records: readonly IndexedRecord[]): string[] {
  const counts = new Counts();
  for (const record of records) if (!isSpan(record)) counts.add(sourceOfResource(TENANT, record.record.resource), countedLog(record));
  return counts.all;
}

describe('log records of requests as figures count them', () => {
  it('are what objects make of them, for whatever is sent, and only those that are wanted', () => {
    const logs = requestOf(fc.oneof({ weight: 3, arbitrary: WIRE_LOGS.simple }, { weight: 1, arbitrary: WIRE_LOGS.any }));
    let total = 0;
    fc.assert(
      fc.property(logs, damage, fc.array(fc.boolean()), (groups, changes, unwanted) => {
        const request = PlainRequest.of('logs', damaged(WIRE_LOGS.encode(groups), changes), CONTEXT);
        if (!request) return;
        const isWanted = (index: number) => unwanted[index] !== true;
        const found = new Counts();
        REQUEST_LOGS.visit(TENANT, request, { isWanted, visit: (source, counted) => found.add(source, counted) });
        const records = request.records().filter((_, index) => isWanted(index));
        total += records.length;
        expect(found.all).toEqual(countsOf(records));
      }),
      RUNS,
    );
    expect(total).toBeGreaterThan(500);
  });
});
