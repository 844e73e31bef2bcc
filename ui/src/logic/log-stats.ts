import type { StatsAnswer, StatsFigures, StatsSeries } from '@threadline/collector/api';

/** What may be told of each group of records; all but the first are of numbers. */
export const STAT_FIGURES = ['count', 'avg', 'p50', 'p95', 'p99', 'max'] as const;
export type StatFigure = (typeof STAT_FIGURES)[number];
/** What is asked for, in this order. */
export const STAT_PERCENTILES = [50, 95, 99] as const;

export interface StatRow {
  /** A value of the field; null: records without the field; undefined: of all records, or of all others. */
  readonly value: string | null | undefined;
  readonly isOther: boolean;
  /** Undefined where there is no number. */
  readonly figures: Readonly<Record<StatFigure, number | undefined>>;
  /** Of all records. */
  readonly share: number;
  /** Of the figure that is shown: its share of the greatest, and what it was in each bucket; undefined where there was no number. */
  readonly bar: number;
  readonly points: readonly (number | undefined)[];
}

export interface StatRows {
  readonly rows: readonly StatRow[];
  /** The greatest of all points: all lines have one scale. */
  readonly most: number;
}

/** The groups of an answer with `STAT_PERCENTILES`, by a figure, the greatest first; what has no number after those, and all others last. */
export function statRows(answer: Pick<StatsAnswer, 'groups' | 'other' | 'total' | 'buckets'>, figure: StatFigure): StatRows {
  const size = answer.buckets?.length ?? 0;
  const rowOf = (series: StatsSeries, value: StatRow['value'], isOther: boolean) => ({
    value,
    isOther,
    figures: figuresOf(series),
    share: answer.total === 0 ? 0 : series.count / answer.total,
    points: pointsOf(series, figure, size),
  });
  const groups = answer.groups
    .map((group) => rowOf(group, group.key[0], false))
    .toSorted((left, right) => (right.figures[figure] ?? -Infinity) - (left.figures[figure] ?? -Infinity));
  const all = answer.other && answer.other.count > 0 ? [...groups, rowOf(answer.other, undefined, true)] : groups;
  const greatest = Math.max(0, ...all.map(({ figures }) => figures[figure] ?? 0));
  return {
    rows: all.map((row) => ({ ...row, bar: greatest === 0 ? 0 : Math.max(0, row.figures[figure] ?? 0) / greatest })),
    most: Math.max(0, ...all.flatMap(({ points }) => points.filter((point) => point !== undefined))),
  };
}

function figuresOf({ count, numbers }: StatsFigures): StatRow['figures'] {
  const [p50, p95, p99] = numbers?.percentiles ?? [];
  return { count, avg: numbers?.avg, p50, p95, p99, max: numbers?.max };
}

/** Where there was no record there were none of them, and no number. */
function pointsOf({ points = [] }: StatsSeries, figure: StatFigure, size: number): (number | undefined)[] {
  const values = new Array<number | undefined>(size).fill(figure === 'count' ? 0 : undefined);
  for (const point of points) values[point.bucket] = figuresOf(point)[figure];
  return values;
}

/** As many digits as tell something: whole from a thousand on, else four. */
export function roundFigure(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));
}

/** A line through points that stand at even distances, from 0 to `most`, broken where there is none; a point alone is a short stroke. */
export function pointsPath(
  points: readonly (number | undefined)[],
  { width, height, most }: { readonly width: number; readonly height: number; readonly most: number },
): string {
  const step = width / Math.max(1, points.length);
  const y = (value: number): string => (most <= 0 ? height : height - (Math.max(0, value) / most) * height).toFixed(1);
  return points
    .map((value, place) => {
      if (value === undefined) return '';
      const isFirst = points[place - 1] === undefined;
      if (isFirst && points[place + 1] === undefined) return `M${(place * step).toFixed(1)} ${y(value)}h${step.toFixed(1)}`;
      return `${isFirst ? 'M' : 'L'}${((place + 0.5) * step).toFixed(1)} ${y(value)}`;
    })
    .join('');
}
