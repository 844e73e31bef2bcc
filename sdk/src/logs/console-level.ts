/** Where nothing else is said, and for a level that there is not. */
const DEFAULT_LEVEL = 'info';

/**
 * The level that `LOG_LEVEL` asks for, in any case. For one that the logger does not have, `info`, or the most that a logger
 * without it writes: winston shows nothing at all of a logger whose level it does not know.
 */
export function readConsoleLevel(
  given: string | undefined,
  levels: Readonly<Record<string, number>>,
  warn: (line: string) => void = writeWarning,
): string {
  const names = Object.keys(levels);
  const fallback = names.includes(DEFAULT_LEVEL) ? DEFAULT_LEVEL : (lastOf(levels) ?? DEFAULT_LEVEL);
  const asked = given?.trim().toLowerCase() ?? '';
  if (asked === '') return fallback;
  const found = names.find((name) => name.toLowerCase() === asked);
  if (found === undefined) warn(`threadline: LOG_LEVEL: expected one of ${names.join(', ')}, got "${given}"; the level is ${fallback}`);
  return found ?? fallback;
}

function lastOf(levels: Readonly<Record<string, number>>): string | undefined {
  return Object.entries(levels)
    .toSorted(([, one], [, other]) => one - other)
    .at(-1)?.[0];
}

let lastWarning: string | undefined;

/** Once: an app makes many loggers. */
function writeWarning(line: string): void {
  if (line === lastWarning) return;
  lastWarning = line;
  process.stderr.write(`${line}\n`);
}
