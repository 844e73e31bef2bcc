import { expect, it } from 'vitest';
import { ThreadlineError } from '../errors.ts';
import { describeFault } from './describe-fault.ts';
import { createLogger } from './logger.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  const logger = createLogger({
    write: (line) => {
      text += line;
    },
    now: () => Date.UTC(2026, 10, 23),
  });
  write(logger);
  return text;
}

it('writes one line with the time, the level, the message and its fields', () => {
  const line = logged((logger) => logger.warn('storage is away', { retryMillis: 5_000, place: 'a b', empty: '' }));
  expect(line).toBe('2026-11-23T00:00:00.000Z WARN storage is away retryMillis=5000 place="a b" empty=""\n');
});

it('shows control characters and line ends instead of running them', () => {
  expect(logged((logger) => logger.error('a\nb\u001b[31m', { x: '\u0007' }))).toBe(
    '2026-11-23T00:00:00.000Z ERROR a b\\u001b[31m x=\\u0007\n',
  );
});

it('describes a fault with its kind, code and cause, and an unknown one with its place', () => {
  const fault = describeFault(new ThreadlineError('storage_unavailable', 'away', { cause: new Error('refused') }));
  expect(fault).toEqual({ fault: 'ThreadlineError: away', code: 'storage_unavailable', cause: 'Error: refused' });
  expect(describeFault(new TypeError('no function')).at).toContain('logger.test.ts');
  expect(describeFault('text')).toEqual({ fault: 'text' });
});
