import { ThreadlineError } from '../../errors.ts';
import type { QueryString } from './query-string.ts';

/** The parameters an endpoint takes, each checked to be known and to stand there once (or to be one that repeats). */
export interface Parameters {
  /** Undefined when absent; `?a=` is the empty text. */
  get(name: string): string | undefined;
  all(name: string): readonly string[];
}

/** What an endpoint takes. */
export interface ParameterNames {
  readonly single: readonly string[];
  readonly repeated?: readonly string[];
  /** Others are read past: where the clients are not ours, they send what nobody reads. */
  readonly ignoresOthers?: true;
}

/**
 * Refuses what the endpoint does not know, by name and with the nearest known ones listed, and what stands there twice:
 * a search that silently leaves a filter out answers another question.
 */
export function checkParameters(query: QueryString, names: ParameterNames): Parameters {
  const known = [...names.single, ...(names.repeated ?? [])];
  for (const [name, values] of query) {
    if (!known.includes(name)) {
      if (names.ignoresOthers) continue;
      throw new ThreadlineError('invalid_argument', `There is no parameter "${name}" here.`, {
        field: name,
        position: 0,
        expected: known.length === 0 ? ['no parameters'] : known,
      });
    }
    if (values.length > 1 && names.single.includes(name)) throw tooManyTimes(name, values.length, 1);
  }
  return {
    get: (name) => query.get(name)?.[0],
    all: (name) => query.get(name) ?? [],
  };
}

/** A whole number in decimal digits from `min` to `max`; `fallback` when absent. */
export function parseWholeNumber(
  parameters: Parameters,
  name: string,
  bounds: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
  const text = parameters.get(name);
  if (text === undefined) return bounds.fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.min && value <= bounds.max) return value;
  throw invalidValue(name, `a whole number from ${bounds.min} to ${bounds.max}`);
}

/** One of a few words; `fallback` when absent. */
export function parseChoice<T extends string, F>(parameters: Parameters, name: string, choices: readonly T[], fallback: F): T | F {
  const text = parameters.get(name);
  if (text === undefined) return fallback;
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new ThreadlineError('invalid_argument', `The parameter "${name}" is not one of ${choices.join(', ')}.`, {
    field: name,
    position: 0,
    expected: choices,
  });
}

/** The error for a value that is not what it should be. Never repeats the value. */
export function invalidValue(field: string, expected: string): ThreadlineError {
  return new ThreadlineError('invalid_argument', `The parameter "${field}" is not ${expected}.`, {
    field,
    position: 0,
    expected: [expected],
  });
}

/** The error for a parameter that stands there more often than it may. */
export function tooManyTimes(field: string, times: number, max: number): ThreadlineError {
  const most = max === 1 ? 'once' : `at most ${max} times`;
  return new ThreadlineError('invalid_argument', `The parameter "${field}" stands there ${times} times; it may stand there ${most}.`, {
    field,
    position: 0,
    expected: [max === 1 ? 'one value' : `at most ${max} values`],
  });
}
