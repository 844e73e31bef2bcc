import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { logs } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { captureConsole } from './console-capture.ts';

describe('captureConsole', () => {
  const sent = new InMemoryLogRecordExporter();
  const original = globalThis.console;
  let printed = '';
  let stop = (): void => undefined;

  beforeAll(() => {
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        printed += chunk.toString();
        done();
      },
    });
    globalThis.console = new Console(stream);
    logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: sent })] }));
    stop = captureConsole();
  });
  afterAll(() => {
    globalThis.console = original;
    logs.disable();
  });
  beforeEach(() => {
    sent.reset();
    printed = '';
  });

  const records = (): unknown[] =>
    sent
      .getFinishedLogRecords()
      .map(({ body, severityText, severityNumber, attributes }) => [body, severityText, severityNumber, attributes['log.iostream']]);

  it('sends what is printed, with the severity and the stream of the method', () => {
    console.log('paid %d of %s', 5, 'a', { order: 7 });
    console.debug('d');
    console.info('i');
    console.warn('w');
    console.error('e');
    expect(records()).toEqual([
      ['paid 5 of a { order: 7 }', 'info', 9, 'stdout'],
      ['d', 'debug', 5, 'stdout'],
      ['i', 'info', 9, 'stdout'],
      ['w', 'warn', 13, 'stderr'],
      ['e', 'error', 17, 'stderr'],
    ]);
    expect(printed).toBe('paid 5 of a { order: 7 }\nd\ni\nw\ne\n');
  });

  it('makes an error the exception of the record', () => {
    console.error('failed', new TypeError('no'));
    expect(sent.getFinishedLogRecords()[0]).toMatchObject({
      body: 'failed no',
      attributes: {
        'exception.type': 'TypeError',
        'exception.message': 'no',
        'exception.stacktrace': expect.stringContaining('TypeError: no\n'),
      },
    });
    expect(printed).toContain('TypeError: no\n    at');
  });

  it('sends what other methods print once', () => {
    console.table([{ a: 1 }]);
    console.count('c');
    console.assert(false, 'wrong');
    console.trace('here');
    expect(records().map((record) => (Array.isArray(record) ? record[1] : ''))).toEqual(['info', 'info', 'warn', 'trace']);
  });

  it('survives values that throw when they are printed', () => {
    const hostile = {
      toString(): string {
        throw new Error('no');
      },
    };
    expect(() => console.log('%s', hostile)).toThrow('no');
    expect(records()).toEqual([['[Unreadable]', 'info', 9, 'stdout']]);
  });

  it('throws nothing of its own, calls no getter, and prints as ever', () => {
    let calls = 0;
    const lazy = {
      get value(): never {
        calls += 1;
        throw new Error('not to be read');
      },
    };
    const refuse = (): never => {
      throw new Error('not to be read');
    };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    console.log(lazy);
    console.log(new Proxy({}, { get: refuse, ownKeys: refuse, getPrototypeOf: refuse }));
    console.log(revoked.proxy);
    console.log(Object.assign(new Error('x'), { message: Symbol('odd') }));
    expect(() => console.log({ many: Array.from({ length: 200_000 }, (_, number) => number) })).not.toThrow();
    expect(records().map((record) => (Array.isArray(record) ? record[0] : ''))).toEqual([
      '{ value: [Getter] }',
      '{}',
      '<Revoked Proxy>',
      'Symbol(odd)',
      expect.stringContaining('199900 more items'),
    ]);
    expect(printed).toContain('{ value: [Getter] }\n{}\n<Revoked Proxy>\n');
    expect(calls).toBe(0);
  });

  it('sends what dir and dirxml print', () => {
    console.dir({ a: { b: { c: 1 } } }, { depth: 0 });
    console.dir('text');
    console.dirxml({ a: 1 }, 2);
    expect(records()).toEqual([
      ['{ a: [Object] }', 'info', 9, 'stdout'],
      ['text', 'info', 9, 'stdout'],
      ['{ a: 1 } 2', 'info', 9, 'stdout'],
    ]);
    expect(printed).toBe("{ a: [Object] }\n'text'\n{ a: 1 } 2\n");
  });

  it('sends no colours, and whatever else is not one', () => {
    console.log('\u001b[1;31mred\u001b[0m and \u001b[38:5:1mdark\u001b[39m, \u001b[2Jnot a colour');
    console.dir({ a: 1 }, { colors: true });
    expect(records()).toEqual([
      ['red and dark, \u001b[2Jnot a colour', 'info', 9, 'stdout'],
      ['{ a: 1 }', 'info', 9, 'stdout'],
    ]);
    expect(printed).toContain('\u001b[1;31mred');
  });

  it('prints a trace without its own part of the stack, however deep', () => {
    const deep = (levels: number): void => (levels === 0 ? console.trace('here %d', 1) : deep(levels - 1));
    deep(20);
    const lines = printed.trimEnd().split('\n');
    expect(lines[0]).toBe('Trace: here 1');
    expect(lines.slice(1)).toHaveLength(Error.stackTraceLimit);
    expect(lines.slice(1).every((line) => /^ {4}at deep /.test(line))).toBe(true);
    expect(records()).toEqual([['here 1', 'trace', 1, 'stderr']]);
  });

  it('sends nothing once it is stopped, and prints as ever', () => {
    stop();
    console.log('later');
    expect(records()).toEqual([]);
    expect(printed).toBe('later\n');
  });
});
