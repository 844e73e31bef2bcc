import { type Level, levelOfRecord } from '@threadline/query-language';

export type { Level };

/** In the order that the collector numbers them in (`LEVEL_NAMES` of its API). */
export const LEVELS: readonly Level[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'UNSET'];

/** From the bottom of a histogram's column to its top: what matters most lies on the axis, where it can be compared. */
export const STACK_ORDER: readonly Level[] = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE', 'UNSET'];

/** The sign that stands before a level's word, so that it is told by more than its colour. */
export const LEVEL_SIGNS: Readonly<Record<Level, string>> = {
  TRACE: '·',
  DEBUG: '·',
  INFO: '○',
  WARN: '▲',
  ERROR: '✕',
  FATAL: '✖',
  UNSET: '–',
};

/** The custom property of theme/tokens.css that colours a level's word. */
export function levelColor(level: Level): string {
  return `var(--level-${level.toLowerCase()})`;
}

/** The custom property that fills a level's share of a column. */
export function levelBarColor(level: Level): string {
  if (level === 'TRACE' || level === 'DEBUG' || level === 'INFO') return `var(--bar-${level.toLowerCase()})`;
  return level === 'UNSET' ? 'var(--bar-trace)' : levelColor(level);
}

/** The level of a record as the collector's table of levels has it. */
export function levelOf(record: { readonly severityNumber?: number; readonly severityText?: string }): Level {
  return levelOfRecord(record.severityNumber ?? 0, record.severityText ?? '');
}

/** `level:>=error`, what the UI calls an error. */
export function isErrorLevel(level: Level): boolean {
  return level === 'ERROR' || level === 'FATAL';
}
