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

  it('sends nothing once it is stopped, and prints as ever', () => {
    stop();
    console.log('later');
    expect(records()).toEqual([]);
    expect(printed).toBe('later\n');
  });
});
