import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly rounds: number;
  readonly requests: number;
  readonly warmUpRequests: number;
  readonly callers: number;
  readonly starts: number;
  readonly memoryRuns: number;
  /** Names of variants beside the bare one; all of them when it is empty. */
  readonly only: readonly string[];
  /** Whether the result is written to docs/: only where everything was measured. */
  readonly isKept: boolean;
}

/** @throws TypeError of `parseArgs` for an option that there is not, Error for a number that is none. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      requests: { type: 'string', default: '4000' },
      'warm-up': { type: 'string', default: '8000' },
      callers: { type: 'string', default: '16' },
      starts: { type: 'string', default: '9' },
      'memory-runs': { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
    },
  });
  return {
    rounds: readCount('rounds', values.rounds),
    requests: readCount('requests', values.requests),
    warmUpRequests: readCount('warm-up', values['warm-up']),
    callers: readCount('callers', values.callers),
    starts: readCount('starts', values.starts),
    memoryRuns: readCount('memory-runs', values['memory-runs']),
    only: values.only === '' ? [] : values.only.split(','),
    isKept: values.only === '',
  };
}

function readCount(name: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`--${name}: expected a whole number of at least 1, got ${text}`);
}
