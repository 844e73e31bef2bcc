import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { ModuleHook } from './module-hook.ts';
import { nameUnseenLibraries } from './unseen-libraries.ts';

createRequire(import.meta.url)('async');

/** What is written of a library that was loaded before, and of which a version that was not tried comes later. */
function namedOf(hook: ModuleHook): string[] {
  const lines: string[] = [];
  const reported: string[] = [];
  const listeners = nameUnseenLibraries([hook], { write: (line) => lines.push(line), report: (reason) => reported.push(reason) });
  listeners.untested(hook, '2.6.4');
  expect(reported).toHaveLength(lines.length);
  return lines;
}

describe('a library that is not followed', () => {
  const hook: ModuleHook = { module: 'async', versions: { least: '3.2.4', below: 4 }, patch: () => undefined };

  it('is named, loaded before or not of a version that was tried', () => {
    expect(namedOf(hook)).toEqual([expect.stringContaining('loaded before'), expect.stringContaining('2.6.4 is not of the tested')]);
  });

  it('is not named where most who bring it want something else of it', () => {
    expect(namedOf({ ...hook, isForMoreThanThis: true })).toEqual([]);
  });
});
