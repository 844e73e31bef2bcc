import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { exceptionAttributes, findError } from './exception.ts';

class PaymentRefused extends Error {}

class Failed {
  readonly error: Error;
  constructor(error: Error) {
    this.error = error;
  }
}

const refuse = (): never => {
  throw new Error('not to be read');
};
const throwingProxy = (target: object): object => new Proxy(target, { get: refuse, getPrototypeOf: refuse, ownKeys: refuse });
const revokedProxy = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const withGetter = (name: string, error: Error = new Error('odd')): Error => Object.defineProperty(error, name, { get: refuse });

describe('findError', () => {
  const error = new Error('x');
  it.each([
    ['itself', error],
    ['under a key', { a: 1, problem: error }],
    ['nested', { a: { b: [{ c: error }] } }],
    ['nested as deep as a record is kept', Array.from({ length: 16 }).reduce((value) => ({ value }), error)],
    ['in a map', { results: new Map([['a', { error }]]) }],
    ['in a set', { failed: new Set([error]) }],
    ['in an object of a class', { result: new Failed(error) }],
  ])('finds an error %s', (_where, value) => {
    expect(findError(value)).toBe(error);
  });
  it('does not look into what says itself how it is written, nor into bytes', () => {
    class Document {
      readonly internal = { error };
      toJSON(): object {
        return {};
      }
    }
    expect(findError({ document: new Document() })).toBeUndefined();
    expect(findError(Object.assign(new Uint8Array(8), { error }))).toBeUndefined();
  });
  it('takes the nearest one and survives a cycle', () => {
    const cyclic: Record<string, unknown> = { deep: { far: new Error('far') }, near: error };
    cyclic.self = cyclic;
    expect(findError(cyclic)).toBe(error);
    expect(findError({ name: 'Error', message: 'looks like one' })).toBeUndefined();
  });
  it('looks through lists and maps of any size, and only so far', () => {
    const many = Array.from({ length: 300_000 }, (_, number) => number);
    expect(findError([many, { error }])).toBe(error);
    expect(findError([...many, error])).toBeUndefined();
    expect(findError(Object.fromEntries(many.map((number) => [`key${number}`, number])))).toBeUndefined();
    expect(findError(new Array(4_000_000_000))).toBeUndefined();
  });
  it('calls no getter, and survives what does not let itself be read', () => {
    let calls = 0;
    const lazy = {
      get value() {
        calls += 1;
        return error;
      },
    };
    expect(findError([lazy])).toBeUndefined();
    expect(calls).toBe(0);
    expect(findError([throwingProxy({}), throwingProxy([]), revokedProxy(), error])).toBe(error);
  });
  it('finds one of another realm', () => {
    expect(findError({ problem: runInNewContext('new TypeError("no")') })).toMatchObject({ message: 'no' });
  });
  it('asks a Proxy of the app’s for no property', () => {
    const asked: (string | symbol)[] = [];
    const proxy = new Proxy({ id: '4' }, { get: (_, key) => void asked.push(key) });
    expect(findError([proxy, { proxy }])).toBeUndefined();
    expect(asked).toEqual([]);
  });
});

describe('exceptionAttributes', () => {
  it('names the class, also when it did not set its name', () => {
    expect(exceptionAttributes(new PaymentRefused('no'))).toMatchObject({ 'exception.type': 'PaymentRefused', 'exception.message': 'no' });
  });
  it('writes causes and aggregated errors below the stack, each once', () => {
    const inner = new TypeError('inner');
    const outer = new AggregateError([new RangeError('first'), inner], 'outer', { cause: inner });
    const lines = String(exceptionAttributes(outer)['exception.stacktrace'])
      .split('\n')
      .filter((line) => !line.startsWith('    at'));
    expect(lines).toEqual(['AggregateError: outer', 'Aggregated: RangeError: first', 'Aggregated: TypeError: inner']);
  });
  it('ends at a cycle of causes and at a cause that is no error', () => {
    const a = new Error('a');
    a.cause = new Error('b', { cause: a });
    expect(String(exceptionAttributes(a)['exception.stacktrace']).match(/Caused by/g)).toHaveLength(1);
    expect(exceptionAttributes(new Error('c', { cause: 'text' }))['exception.stacktrace']).toMatch(/\nCaused by: text$/);
  });
  it('cuts a stack that is longer than a value may be, and says how long it was', () => {
    const error = new Error('x');
    error.stack = 'y'.repeat(100_000);
    expect(String(exceptionAttributes(error)['exception.stacktrace'])).toMatch(/^y{60000}\n… 100000 characters$/);
  });
  it.each([
    [
      'a message that cannot be printed',
      Object.assign(new Error('odd'), { message: Object.create(null) }),
      'Error',
      '[Object: null prototype] {}',
    ],
    ['a message that is an object', Object.assign(new Error('odd'), { message: { field: 'email' } }), 'Error', "{ field: 'email' }"],
    [
      'a message and a name that are symbols',
      Object.assign(new RangeError('odd'), { message: Symbol('m'), name: Symbol('n') }),
      'RangeError',
      'Symbol(m)',
    ],
    ['a message that throws', withGetter('message'), 'Error', '[Unreadable]'],
    ['a stack that throws', withGetter('stack'), 'Error', 'odd'],
    ['a name that throws', withGetter('name'), 'Error', 'odd'],
    ['a class that throws', withGetter('constructor'), 'Error', 'odd'],
    ['a cause that throws', withGetter('cause'), 'Error', 'odd'],
    ['a list of errors that throws', withGetter('errors', new AggregateError([], 'odd')), 'AggregateError', 'odd'],
    [
      'something else than a list of errors',
      Object.assign(new AggregateError([], 'odd'), { errors: { field: 'no' } }),
      'AggregateError',
      'odd',
    ],
    ['nothing behind it', Object.setPrototypeOf(Object.assign(new Error('odd')), null), 'Error', 'odd'],
    ['no property that can be read', new Proxy(new Error('odd'), { get: refuse }), 'Error', '[Unreadable]'],
    ['a cause that cannot be read', new Error('odd', { cause: throwingProxy({}) }), 'Error', 'odd'],
  ])('tells of an error with %s what can be read', (_, error, type, message) => {
    expect(exceptionAttributes(error)).toMatchObject({ 'exception.type': type, 'exception.message': message });
  });
  it('writes some of the errors of a list of any length', () => {
    const error = new AggregateError(
      Array.from({ length: 200_000 }, (_, number) => number),
      'many',
    );
    expect(String(exceptionAttributes(error)['exception.stacktrace']).match(/^Aggregated: \d/gm)).toHaveLength(8);
  });
  it('tells of what is no error what it says of itself', () => {
    expect(exceptionAttributes('text')).toEqual({ 'exception.message': 'text' });
    expect(exceptionAttributes(404)).toEqual({ 'exception.message': '404' });
    expect(exceptionAttributes(undefined)).toEqual({ 'exception.message': 'undefined' });
    expect(exceptionAttributes({ status: 404, message: 'not there' })).toEqual({ 'exception.message': 'not there' });
    expect(exceptionAttributes({ code: 'X', message: 'm', stack: 'at' })).toEqual({
      'exception.type': 'X',
      'exception.message': 'm',
      'exception.stacktrace': 'at',
    });
    expect(exceptionAttributes({ status: 404 })).toEqual({ 'exception.message': '{ status: 404 }' });
    expect(exceptionAttributes(Object.create(null))).toEqual({ 'exception.message': '[Object: null prototype] {}' });
    expect(exceptionAttributes(revokedProxy())).toEqual({ 'exception.message': '<Revoked Proxy>' });
  });
});
