import type { IndexedLog, IndexedSpan } from '../../src/model/record.ts';
import { at, buildLog, buildSpan } from './builders.ts';
import { attributes } from './values.ts';

export const LOGS_PER_BATCH = 40;
export const SPANS_PER_BATCH = 10;
/** Logs, each an error of its own. */
export const ERRORS_PER_BATCH = 3;

/** The same records for the same number in every process. */
export function crashBatch(batch: number): { readonly logs: readonly IndexedLog[]; readonly spans: readonly IndexedSpan[] } {
  const body = { stringValue: `batch ${batch} ${'of some length '.repeat(20)}` };
  return {
    logs: Array.from({ length: LOGS_PER_BATCH }, (_, index) =>
      buildLog(`log-${batch}-${index}`, {
        timeUnixNano: at(batch, BigInt(index)),
        body,
        ...(index < ERRORS_PER_BATCH && { attributes: attributes({ 'exception.type': 'LogError' }) }),
      }),
    ),
    spans: Array.from({ length: SPANS_PER_BATCH }, (_, index) =>
      buildSpan(`span-${batch}-${index}`, { startTimeUnixNano: at(batch, BigInt(index)) }),
    ),
  };
}
