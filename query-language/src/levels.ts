import type { Level } from './syntax-tree.ts';

/** Names of levels in any case, as loggers write them. Source: docs/query-language.md, "Levels". */
const LEVEL_BY_TEXT: ReadonlyMap<string, Level> = new Map(
  (
    [
      ['FATAL', 'fatal ftl crit critical alert emerg emergency panic 60'],
      ['ERROR', 'error err e severe 50'],
      ['WARN', 'warning warn wrn w 40'],
      ['INFO', 'info information informational inf i notice 30'],
      ['DEBUG', 'debug dbg d verbose http fine 20'],
      ['TRACE', 'trace t silly finest 10'],
    ] as const
  ).flatMap(([level, names]) => names.split(' ').map((name): [string, Level] => [name, level])),
);

const LEVELS_BY_SEVERITY: readonly Level[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** The level a logger's own word stands for; undefined for a word that no table knows. */
export function levelOfText(text: string): Level | undefined {
  return LEVEL_BY_TEXT.get(text.trim().toLowerCase());
}

/**
 * The level of a record: OpenTelemetry's severity number (1 to 24, four a level) whatever the text says,
 * without one the text's, else `UNSET`.
 */
export function levelOfRecord(severityNumber: number, severityText: string): Level {
  if (severityNumber >= 1 && severityNumber <= 24) return LEVELS_BY_SEVERITY[Math.floor((severityNumber - 1) / 4)] ?? 'UNSET';
  return levelOfText(severityText) ?? 'UNSET';
}
