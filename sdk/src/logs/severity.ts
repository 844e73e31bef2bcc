/** OpenTelemetry's severity numbers by level name, for winston's three sets as OpenTelemetry's own winston transport maps them. */
const NPM = { error: 17, warn: 13, info: 9, http: 7, verbose: 6, debug: 5, silly: 1 } as const;
const SYSLOG = { emerg: 23, alert: 22, crit: 21, error: 17, warning: 13, notice: 10, info: 9, debug: 5 } as const;
const CLI = { error: 17, warn: 13, help: 11, data: 10, info: 9, debug: 5, prompt: 4, verbose: 3, input: 2, silly: 1 } as const;

const NPM_SET: ReadonlyMap<string, number> = new Map(Object.entries(NPM));
const SETS: readonly ReadonlyMap<string, number>[] = [NPM_SET, new Map(Object.entries(SYSLOG)), new Map(Object.entries(CLI))];

/** Other names: the table of docs/query-language.md, "Levels", each at the first number of its level. */
const OTHER_NAMES: ReadonlyMap<string, number> = new Map(
  (
    [
      [21, 'fatal ftl crit critical alert emerg emergency panic 60'],
      [17, 'error err e severe 50'],
      [13, 'warn warning wrn w 40'],
      [9, 'info information informational inf i notice 30'],
      [5, 'debug dbg d verbose http fine 20'],
      [1, 'trace t silly finest 10'],
    ] as const
  ).flatMap(([severity, names]) => names.split(' ').map((name): [string, number] => [name, severity])),
);

const NONE: ReadonlyMap<string, number> = new Map();

/** What a logger's unknown level counts as: it was worth writing, and nothing says that it was worse. */
const DEFAULT_SEVERITY = 9;

/**
 * The severity number of a winston level: what the app says, else by its set, else by the table. A set is recognised by its names, since `verbose` and `debug` stand for
 * different numbers in npm's and in cli's; a level that no table knows is INFO, never unset.
 */
export function severityOf(
  level: string,
  levels: Readonly<Record<string, number>> | undefined,
  own: ReadonlyMap<string, number> = NONE,
): number {
  const said = own.get(level);
  if (said !== undefined) return said;
  const set = levels === undefined ? NPM_SET : setOf(levels);
  return set?.get(level) ?? OTHER_NAMES.get(level.trim().toLowerCase()) ?? DEFAULT_SEVERITY;
}

let lastLevels: Readonly<Record<string, number>> | undefined;
let lastSet: ReadonlyMap<string, number> | undefined;

/** Nearly every record has the levels of the one before. */
function setOf(levels: Readonly<Record<string, number>>): ReadonlyMap<string, number> | undefined {
  if (levels === lastLevels) return lastSet;
  lastLevels = levels;
  lastSet = SETS.find((names) => hasExactly(levels, names));
  return lastSet;
}

function hasExactly(levels: Readonly<Record<string, number>>, known: ReadonlyMap<string, number>): boolean {
  let count = 0;
  for (const name of Object.keys(levels)) {
    if (!known.has(name)) return false;
    count += 1;
  }
  return count === known.size;
}
