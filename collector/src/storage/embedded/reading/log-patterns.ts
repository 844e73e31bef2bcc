import { choosePatterns, severityOf } from '../../patterns/choose-patterns.ts';
import type { PatternsRequest, PatternsResult } from '../../storage.ts';
import { levelOfNumber } from '../record-fields.ts';
import { PatternCounter } from './pattern-counter.ts';
import type { ReadScope } from './read-scope.ts';
import { Scan } from './scan.ts';
import { OUT_OF_TIME } from './stop.ts';
import { windowOfRange } from './time-window.ts';
import { idReader } from './top-rows.ts';

/** Of an example. */
const MAX_MESSAGE_LENGTH = 1_000;

/** Matching logs by what their templates come to, in one pass over codes: no message is looked at but those of the examples. */
export function logPatterns(scope: ReadScope, { query, range, widthNanos, order, limit }: PatternsRequest): PatternsResult {
  const forest = scope.templates.forest(scope.groups('logs'));
  const counter = new PatternCounter((text) => forest.rootOf(text), { firstBucket: range.fromNanos / widthNanos, widthNanos });
  const reached = new Scan(scope, { table: 'logs', query, window: windowOfRange(range) }).visitWithinTime((page, rows) =>
    counter.add(page, rows),
  );
  const counted = counter.finish().map((pattern) => {
    const { levels } = pattern;
    return { ...pattern, severity: Math.max(...Array.from(levels, (own, level) => (own === 0 ? 0 : severityOf(levelOfNumber(level))))) };
  });
  const { patternCount, patterns } = choosePatterns(counted, { order, limit });
  return {
    total: counted.reduce((sum, { count }) => sum + count, 0),
    patternCount,
    patterns: patterns.map(({ template, count, levels, buckets, services, example }) => ({
      template,
      count,
      levels: [...levels].flatMap((own, level) => (own === 0 ? [] : [{ level: levelOfNumber(level), count: own }])),
      buckets: buckets(),
      services: services(),
      example: { id: idReader(example.page)(example.row), message: example.page.text('message', example.row).slice(0, MAX_MESSAGE_LENGTH) },
    })),
    ...(reached !== undefined && { partial: { searchedFromNanos: reached + 1n, reason: OUT_OF_TIME } }),
  };
}
