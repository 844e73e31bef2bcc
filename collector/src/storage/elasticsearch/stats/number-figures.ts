import type { NumberFigures, StatsFigures } from '../../stats/stats.ts';
import type { ValueSource } from './stats-fields.ts';

/** Where numbers come from several fields of the index, each says where these parts of its numbers end, and the percentiles are worked out from that, half a step off at most. */
const GRID_STEP = 0.5;
const GRID = [0, 0.1, ...Array.from({ length: 100 / GRID_STEP - 1 }, (_, index) => (index + 1) * GRID_STEP), 99.9, 100];

/** The aggregations whose answer `readFigures` reads. */
export function figureAggregations(sources: readonly ValueSource[], percentiles: readonly number[]): object {
  const percents = sources.length > 1 ? GRID : percentiles;
  return Object.fromEntries(
    sources.flatMap(({ name: field }, number) => [
      [`stats ${number}`, { stats: { field } }],
      ...(percentiles.length > 0 ? [[`percentiles ${number}`, { percentiles: { field, percents, keyed: false } }]] : []),
    ]),
  );
}

/** What a bucket says of its records. */
export function readFigures(
  bucket: Readonly<Record<string, unknown>> & { readonly doc_count: number },
  sources: readonly ValueSource[],
  percentiles: readonly number[],
): StatsFigures {
  const parts = sources.flatMap((_source, number) => {
    const { count, min, max, sum }: { count: number; min: number; max: number; sum: number } = Object(bucket[`stats ${number}`]);
    const { values = [] }: { values?: readonly { readonly key: number; readonly value: number }[] } = Object(
      bucket[`percentiles ${number}`],
    );
    return count > 0 ? [{ count, min, max, sum, values }] : [];
  });
  const [first] = parts;
  if (!first) return { count: bucket.doc_count };
  const numbers: NumberFigures = {
    count: parts.reduce((total, { count }) => total + count, 0),
    min: Math.min(...parts.map(({ min }) => min)),
    max: Math.max(...parts.map(({ max }) => max)),
    sum: parts.reduce((total, { sum }) => total + sum, 0),
    percentiles:
      sources.length > 1
        ? percentiles.map((percentile) => valueAt(percentile, parts))
        : percentiles.map((percentile) => ownValue(percentile, first)),
  };
  return { count: bucket.doc_count, numbers };
}

interface Part {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly values: readonly { readonly key: number; readonly value: number }[];
}

/** Elasticsearch gives them in its own order. */
function ownValue(percentile: number, { values, min, max }: Part): number {
  const found = values.find(({ key }) => key === percentile)?.value ?? max;
  return Math.min(max, Math.max(min, found));
}

/** The least number that so many of a hundred do not exceed, of all parts together: where their shares add up to it. */
function valueAt(percentile: number, parts: readonly Part[]): number {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const candidates = parts.flatMap(({ values }) => values.map(({ value }) => value)).sort((left, right) => left - right);
  const wanted = (percentile / 100) * total;
  return (
    candidates.find((value) => parts.reduce((sum, part) => sum + part.count * shareUpTo(value, part), 0) >= wanted - 1e-9) ??
    candidates.at(-1) ??
    0
  );
}

/**
 * The part of the numbers that are not greater. At a number of the grid itself it ends somewhere before the next one: numbers that come often go on up to there, others end at once, and it
 * is taken in the middle.
 */
function shareUpTo(value: number, { values }: Part): number {
  const next = values.findIndex((entry) => entry.value > value);
  if (next === -1) return 1;
  const [below, above] = [values[next - 1], values[next]];
  if (!below || !above) return 0;
  const middle = (below.key + above.key) / 2;
  return (middle + ((above.key - middle) * (value - below.value)) / (above.value - below.value)) / 100;
}
