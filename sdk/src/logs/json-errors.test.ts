import { expect, it } from 'vitest';
import winston from 'winston';
import { replaceErrors } from './json-errors.ts';

it('writes an error as JSON, with its cause and its own fields, and all else as it is', () => {
  const error = Object.assign(new TypeError('broken', { cause: new RangeError('beneath') }), { code: 'E_X' });
  const shown: unknown = JSON.parse(JSON.stringify({ err: error, list: [new Error('two')], n: 2n ** 70n, at: new Date(0) }, replaceErrors));
  expect(shown).toEqual({
    err: {
      type: 'TypeError',
      message: 'broken',
      stack: error.stack,
      cause: { type: 'RangeError', message: 'beneath', stack: expect.stringContaining('RangeError: beneath') },
      code: 'E_X',
    },
    list: [{ type: 'Error', message: 'two', stack: expect.stringContaining('Error: two') }],
    n: '1180591620717411303424',
    at: '1970-01-01T00:00:00.000Z',
  });
});

it('writes what can be read of an error', () => {
  const error = Object.defineProperty(new RangeError('odd'), 'message', {
    get() {
      throw new Error('not to be read');
    },
  });
  expect(JSON.parse(JSON.stringify({ error }, replaceErrors))).toMatchObject({ error: { type: 'RangeError' } });
});

it('writes an error that holds itself', () => {
  const error: Error & { self?: unknown } = new Error('round');
  error.self = error;
  error.cause = new Error('in turn', { cause: error });
  const format = winston.format.json({ replacer: replaceErrors });
  const info = format.transform({ level: 'error', message: 'x', error }, format.options);
  const line = Object(info)[Symbol.for('message')];
  expect(JSON.parse(line)).toMatchObject({
    error: { message: 'round', self: '[Circular]', cause: { message: 'in turn', cause: '[Circular]' } },
  });
});
