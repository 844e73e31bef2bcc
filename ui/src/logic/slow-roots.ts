import type { TraceSummary } from '@threadline/collector/api';
import { recordFilter } from './query-filter.ts';
import type { TimeRange } from './time-range.ts';
import { leastOverP99, timesOverP99, type UsualRange } from './usual-range.ts';

/** What a search of traces asks for; texts are empty where it asks for nothing. */
interface AskedOfTraces {
  readonly query: string;
  readonly with: readonly string[];
}

const NANOS_A_MILLI = 1_000_000n;
/** A trace of more operations than these, the first of a list, is marked by none of the others. */
const MAX_OPERATIONS = 50;
/** Of one search (`with` of `GET /api/v1/traces`). */
const MAX_CONDITIONS = 8;

/**
 * The query of root spans that took clearly longer than their operation usually does, for the traces that may have one: a trace that goes on after its answer
 * takes longer than its root, which alone is held against what is usual. Undefined where there is none.
 */
export function slowRootQuery(
  traces: readonly TraceSummary[],
  usualOf: (service: string, operation: string) => UsualRange | undefined,
): string | undefined {
  const conditions = new Set<string>();
  for (const { rootService, rootOperation, rootMissing, durationNano } of traces) {
    const usual = usualOf(rootService, rootOperation);
    if (rootMissing || usual === undefined || timesOverP99(Number(durationNano), usual) === undefined) continue;
    conditions.add(
      `(${recordFilter('service', rootService)} ${recordFilter('name', rootOperation)} duration:>${Math.floor(leastOverP99(usual))}ns)`,
    );
    if (conditions.size === MAX_OPERATIONS) break;
  }
  return conditions.size === 0 ? undefined : `root:true (${[...conditions].sort().join(' OR ')})`;
}

/** Of a searched range the part in which spans of these traces start: others need not be looked through for those of them. */
export function rangeOfTraces(traces: readonly TraceSummary[], { fromMillis, toMillis }: TimeRange): TimeRange {
  const starts = traces.map(({ startTimeUnixNano }) => Number(BigInt(startTimeUnixNano) / NANOS_A_MILLI));
  return {
    fromMillis: Math.min(
      toMillis,
      Math.max(
        fromMillis,
        starts.reduce((least, start) => Math.min(least, start), toMillis),
      ),
    ),
    toMillis,
  };
}

/** The same search, of traces with such a root alone: of the first of its list none is missing in the first of the other. Undefined where it has no room for it. */
export function withSlowRoot<Asked extends AskedOfTraces>(asked: Asked, rootQuery: string): Asked | undefined {
  if (asked.with.length >= MAX_CONDITIONS) return undefined;
  return { ...asked, with: [...asked.with, rootQuery] };
}
