import { expect, it } from 'vitest';
import { readConsoleLevel } from './console-level.ts';

const NPM = { error: 0, warn: 1, info: 2, http: 3, verbose: 4, debug: 5, silly: 6 };

function read(given: string | undefined, levels: Readonly<Record<string, number>> = NPM): [level: string, ...warnings: string[]] {
  const warnings: string[] = [];
  const level = readConsoleLevel(given, levels, (line) => warnings.push(line));
  return [level, ...warnings];
}

it('understands a level in any case, and is info where none is said', () => {
  expect([read('debug'), read('DEBUG'), read(' Warn '), read(undefined), read('')]).toEqual([
    ['debug'],
    ['debug'],
    ['warn'],
    ['info'],
    ['info'],
  ]);
  expect(read('AUDIT', { fatal: 0, Audit: 1, info: 2 })).toEqual(['Audit']);
});

it('names the levels to who asks for another, and shows info', () => {
  expect(read('debgu')).toEqual([
    'info',
    'threadline: LOG_LEVEL: expected one of error, warn, info, http, verbose, debug, silly, got "debgu"; the level is info',
  ]);
});

it('shows all of a logger that has no info', () => {
  expect(read(undefined, { trace: 9, fatal: 0 })).toEqual(['trace']);
});
