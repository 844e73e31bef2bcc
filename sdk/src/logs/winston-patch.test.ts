import { Writable } from 'node:stream';
import { context, logs, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { StackContextManager } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import winston from 'winston';
import { setFlow } from '../correlation/flow.ts';
import { setRaisedLevel } from '../correlation/raised-level.ts';
import { configureWinston, patchWinston } from './winston-patch.ts';

const SPAN = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
const IN_FLOW = setFlow(trace.setSpanContext(ROOT_CONTEXT, SPAN), { id: 'flow-1', external: undefined });
const { combine, colorize, json, printf, splat } = winston.format;

/** Made before the patch, as an app's loggers may be. */
const shown: Record<string, unknown>[] = [];
const before = winston.createLogger({ transports: [createTransport()] });
const sent = new InMemoryLogRecordExporter();

function createTransport(level?: string): winston.transport {
  const stream = new Writable({
    write(line: Buffer, _encoding, done) {
      shown.push(JSON.parse(line.toString()));
      done();
    },
  });
  return new winston.transports.Stream({ stream, format: json(), ...(level === undefined ? {} : { level }) });
}

beforeAll(() => {
  context.setGlobalContextManager(new StackContextManager().enable());
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: sent })] }));
  patchWinston(winston);
  patchWinston(winston);
});
afterAll(() => {
  logs.disable();
  context.disable();
});
beforeEach(() => {
  sent.reset();
  shown.length = 0;
});

const byText = (one: string | symbol, other: string | symbol): number => (String(one) < String(other) ? -1 : 1);
const bodies = (): unknown[] => sent.getFinishedLogRecords().map((record) => record.body);

describe('a patched winston', () => {
  it('writes the ids into each record, also of loggers that were there before, and sends it once', () => {
    context.with(IN_FLOW, () => before.info('hello', { orderId: 7 }));
    expect(shown).toEqual([
      { level: 'info', message: 'hello', orderId: 7, trace_id: SPAN.traceId, span_id: SPAN.spanId, correlation_id: 'flow-1' },
    ]);
    expect(sent.getFinishedLogRecords()).toMatchObject([
      { body: 'hello', severityNumber: 9, severityText: 'info', attributes: { orderId: 7 }, spanContext: { spanId: SPAN.spanId } },
    ]);
  });

  it('throws nothing at an app for what it logs, calls none of its getters in search of an error, and sends what can be read', () => {
    const printed = winston.createLogger({
      format: printf(({ message }) => JSON.stringify({ message })),
      transports: [new winston.transports.Console({ silent: true })],
    });
    const odd = Object.assign(new Error('x'), { message: Object.create(null) });
    const refused = {
      get value(): never {
        throw new Error('not to be read');
      },
    };
    printed.error('many', { ids: Array.from({ length: 200_000 }, (_, number) => number) });
    printed.error('odd', { problem: odd });
    printed.error('all', { problem: Object.assign(new AggregateError([odd], 'of all'), { errors: { field: 'no' } }) });
    printed.error('lazy', { refused });
    printed.log(
      Object.assign(Object.defineProperty({ level: 'error' }, 'lazy', { get: () => refused.value, enumerable: true }), { message: 'own' }),
    );
    expect(bodies()).toEqual(['many', 'odd', 'all', 'lazy', 'own']);
    expect(sent.getFinishedLogRecords().map(({ attributes }) => attributes['exception.message'])).toEqual([
      undefined,
      '[Object: null prototype] {}',
      'of all',
      undefined,
      undefined,
    ]);
  });

  it('writes no ids outside of a flow, and not those of the last time a record was logged', () => {
    const record = { level: 'info', message: 'again' };
    context.with(IN_FLOW, () => before.log(record));
    before.log(record);
    expect(shown).toMatchObject([{ correlation_id: 'flow-1' }, { message: 'again' }]);
    expect(Object.keys(shown[1] ?? {}).sort()).toEqual(['level', 'message']);
  });

  it('leaves ids that the app wrote as they are, and sends them as attributes', () => {
    const theirs = { trace_id: 'T', span_id: 'S', correlation_id: 'partner-7' };
    before.info('outside', theirs);
    const record = { level: 'info', message: 'inside', ...theirs };
    context.with(IN_FLOW, () => {
      before.log(record);
      before.log(record);
      before.info('of another trace', { trace_id: 'T' });
      before.child({ correlation_id: 'partner-8' }).info('of a child');
    });
    const ours = { trace_id: SPAN.traceId, span_id: SPAN.spanId };
    expect(shown).toEqual([
      { level: 'info', message: 'outside', ...theirs },
      { level: 'info', message: 'inside', ...theirs },
      { level: 'info', message: 'inside', ...theirs },
      { level: 'info', message: 'of another trace', trace_id: 'T', correlation_id: 'flow-1' },
      { level: 'info', message: 'of a child', correlation_id: 'partner-8', ...ours },
    ]);
    const records = sent.getFinishedLogRecords();
    expect(records.map(({ attributes }) => attributes)).toEqual([
      theirs,
      theirs,
      theirs,
      { trace_id: 'T' },
      { correlation_id: 'partner-8' },
    ]);
    expect(records.map(({ spanContext }) => spanContext?.spanId)).toEqual([undefined, SPAN.spanId, SPAN.spanId, SPAN.spanId, SPAN.spanId]);
  });

  it('does not send ids of the record’s own context that the app wrote too', () => {
    context.with(IN_FLOW, () => before.info('hello', { trace_id: SPAN.traceId, correlation_id: 'flow-1' }));
    expect(shown).toMatchObject([{ trace_id: SPAN.traceId, span_id: SPAN.spanId }]);
    expect(sent.getFinishedLogRecords().map(({ attributes }) => attributes)).toEqual([{}]);
  });

  it('shows formats nothing but what is on the record', () => {
    const keys: (string | symbol)[] = [];
    const look = winston.format((info) => {
      keys.push(...Reflect.ownKeys(info));
      return info;
    });
    const logger = winston.createLogger({ format: combine(look(), json()), transports: [createTransport()] });
    context.with(IN_FLOW, () => logger.info('hello'));
    expect(keys.sort(byText)).toEqual(['level', 'message', 'trace_id', 'span_id', 'correlation_id', Symbol.for('level')].sort(byText));
  });

  it('sends a record of a child of a child once', () => {
    before.child({ a: 1 }).child({ b: 2 }).warn('nested');
    expect(sent.getFinishedLogRecords()).toMatchObject([{ body: 'nested', severityNumber: 13, attributes: { a: 1, b: 2 } }]);
    expect(shown).toHaveLength(1);
  });

  it('sends the error that is given to a child as that error, whatever it was caused by', () => {
    const child = before.child({ a: 1 }).child({ b: 2 });
    const error = Object.assign(new TypeError('broken', { cause: new RangeError('beneath') }), { code: 'E_X' });
    const log = [() => child.error(error), () => child.log('error', error), () => child.log(Object.assign(error, { level: 'error' }))];
    for (const write of log) write();
    const records = sent.getFinishedLogRecords();
    expect(records).toHaveLength(log.length);
    for (const { body, attributes } of records) {
      expect(body).toBe('broken');
      expect(attributes).toMatchObject({ a: 1, b: 2, code: 'E_X', 'exception.type': 'TypeError', 'exception.message': 'broken' });
      expect(attributes['exception.stacktrace']).toMatch(/^TypeError: broken\n.*Caused by: RangeError: beneath/s);
      expect(Object.keys(attributes).filter((key) => key === 'stack' || key === 'cause')).toEqual([]);
    }
    child.error('no error this time');
    expect(Object.keys(sent.getFinishedLogRecords().at(-1)?.attributes ?? {})).toEqual(['a', 'b']);
    // The app's own transports have what winston gives them.
    expect(shown[0]).toMatchObject({ message: 'broken', stack: error.stack, a: 1, b: 2, code: 'E_X' });
  });

  it('sends what formats made of a record, without their colours, and nothing that they dropped', () => {
    const drop = winston.format((info) => (info.secret === undefined ? info : false));
    const redact = winston.format((info) => ({ ...info, password: '…' }));
    const format = combine(drop(), splat(), redact(), colorize({ all: true }), printf(String));
    const logger = winston.createLogger({ format, transports: [createTransport()] });
    logger.info('order %s of %d', 'x', 5, { password: 'p' });
    logger.info('never', { secret: true });
    expect(sent.getFinishedLogRecords()).toMatchObject([{ body: 'order x of 5', severityText: 'info', attributes: { password: '…' } }]);
  });

  it('sends what the logger or one of its transports lets through, and nothing of a silent logger', () => {
    const verbose = winston.createLogger({ level: 'warn', transports: [createTransport('debug')] });
    verbose.debug('by a transport');
    verbose.silly('by nobody');
    const quiet = winston.createLogger({ level: 'info', transports: [createTransport('error')] });
    quiet.info('by the logger');
    winston.createLogger({ silent: true, transports: [createTransport()] }).error('silent');
    expect(bodies()).toEqual(['by a transport', 'by the logger']);
  });

  it('keeps the error when formats replace the record, and a body that is a map', () => {
    const logger = winston.createLogger({
      format: combine(winston.format.errors({ stack: true }), json()),
      transports: [createTransport()],
    });
    logger.error(new TypeError('broken'));
    logger.info({ message: { kind: 'map', size: 2 } });
    const [error, map] = sent.getFinishedLogRecords();
    expect(error).toMatchObject({ body: 'broken', attributes: { 'exception.type': 'TypeError', 'exception.message': 'broken' } });
    expect(String(error?.attributes['exception.stacktrace'])).toMatch(/^TypeError: broken\n {4}at /);
    expect(error?.attributes).not.toHaveProperty('stack');
    expect(map?.body).toEqual({ kind: 'map', size: 2 });
  });

  it('finds the text that a format put under another name, and nothing where the app wrote none', () => {
    const logged = (format: winston.Logform.Format, entry: winston.LogEntry = { level: 'info', message: 'placed', orderId: 7 }) => {
      sent.reset();
      winston.createLogger({ format, transports: [createTransport()] }).log(entry);
      return sent.getFinishedLogRecords().map(({ body, attributes }) => [body, Object.keys(attributes).sort(byText)]);
    };
    const renamed = (name: string) =>
      winston.format((info) => {
        info[name] = info.message;
        Reflect.deleteProperty(info, 'message');
        return info;
      })();
    expect(logged(combine(winston.format.timestamp(), winston.format.logstash()))).toEqual([['placed', ['orderId']]]);
    expect(logged(combine(renamed('msg'), json()))).toEqual([['placed', ['orderId']]]);
    expect(logged(combine(renamed('textPayload'), json()))).toEqual([['placed', ['orderId']]]);
    const withoutText = { level: 'info', orderId: 7 } as unknown as winston.LogEntry;
    expect(logged(winston.format.simple(), withoutText)).toEqual([[undefined, ['orderId']]]);
  });

  it('leaves out the time that a format added, and keeps one that says something else', () => {
    const { timestamp } = winston.format;
    const transports = [createTransport()];
    winston.createLogger({ format: combine(timestamp(), json()), transports }).info('iso');
    winston.createLogger({ format: combine(timestamp({ format: 'YYYY-MM-DD HH:mm:ss' }), json()), transports }).info('to the second');
    winston.createLogger({ format: combine(timestamp({ format: () => 'half past nine' }), json()), transports }).info('in words');
    const now = new Date().toISOString();
    winston.createLogger({ format: combine(timestamp(), json()), transports }).info('of the app', { timestamp: now });
    winston.createLogger({ format: combine(timestamp(), json()), transports }).info('older', { timestamp: '2020-01-01T00:00:00Z' });
    expect(shown.every((record) => 'timestamp' in record)).toBe(true);
    expect(sent.getFinishedLogRecords().map(({ attributes }) => attributes.timestamp)).toEqual([
      undefined,
      undefined,
      'half past nine',
      now,
      '2020-01-01T00:00:00Z',
    ]);
  });

  it('gives records the order in which they were written, to the nanosecond', () => {
    for (let line = 0; line < 50; line += 1) before.info(`line ${line}`);
    const times = sent.getFinishedLogRecords().map(({ hrTime: [seconds, nanos] }) => BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
    expect(times).toHaveLength(50);
    expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0n))).toBe(true);
  });
});

describe('a configured winston', () => {
  beforeAll(() => configureWinston({ baggageKeys: ['tenant', 'tier'], levels: new Map([['info', 12]]), raisesLevels: false }));
  afterAll(() => configureWinston({ baggageKeys: [], levels: new Map(), raisesLevels: false }));
  const withTenant = (tenant: string): ReturnType<typeof propagation.setBaggage> =>
    propagation.setBaggage(IN_FLOW, propagation.createBaggage({ tenant: { value: tenant }, other: { value: 'x' } }));

  it('puts chosen baggage on each record, but in no field of the app’s, and believes the app about its levels', () => {
    const logger = winston.createLogger({ transports: [createTransport()] });
    context.with(withTenant('acme'), () => {
      logger.info('without');
      logger.info('with', { tenant: 'mine' });
    });
    expect(shown).toMatchObject([{ tenant: 'acme' }, { tenant: 'mine' }]);
    expect(shown[0]).not.toHaveProperty('other');
    expect(sent.getFinishedLogRecords().map(({ severityNumber, attributes }) => [severityNumber, attributes.tenant])).toEqual([
      [12, 'acme'],
      [12, 'mine'],
    ]);
  });

  it('does not keep the baggage of the first time on a record that is logged twice', () => {
    const logger = winston.createLogger({ transports: [createTransport()] });
    const record = { level: 'info', message: 'twice' };
    context.with(withTenant('acme'), () => logger.log(record));
    context.with(withTenant('other'), () => logger.log(record));
    context.with(IN_FLOW, () => logger.log(record));
    expect(sent.getFinishedLogRecords().map(({ attributes }) => attributes.tenant)).toEqual(['acme', 'other', undefined]);
  });
});

describe('a winston in a raised flow', () => {
  const RAISED = setRaisedLevel(IN_FLOW, { correlationId: 'flow-1', severity: 5 });
  beforeAll(() => configureWinston({ baggageKeys: [], levels: new Map(), raisesLevels: true }));
  afterAll(() => configureWinston({ baggageKeys: [], levels: new Map(), raisesLevels: false }));

  it('sends records that the logger and its transports leave out, and shows them nowhere', () => {
    const logger = winston
      .createLogger({ level: 'warn', format: splat(), transports: [createTransport()] })
      .child({ component: 'checkout' });
    context.with(RAISED, () => {
      logger.debug('chosen %s', 'card');
      logger.silly('below what was asked for');
      logger.error('seen anyway');
    });
    context.with(IN_FLOW, () => logger.debug('in a flow that is not raised'));
    logger.debug('outside');
    expect(sent.getFinishedLogRecords()).toMatchObject([
      { body: 'chosen card', severityNumber: 5, attributes: { component: 'checkout' }, spanContext: { spanId: SPAN.spanId } },
      { body: 'seen anyway', severityNumber: 17 },
    ]);
    expect(sent.getFinishedLogRecords()).toHaveLength(2);
    expect(shown).toMatchObject([{ message: 'seen anyway' }]);
  });

  it('says what is wanted to an app that asks first', () => {
    const logger = winston.createLogger({ transports: [createTransport()] });
    context.with(RAISED, () => expect([logger.isDebugEnabled(), logger.isSillyEnabled()]).toEqual([true, false]));
    context.with(IN_FLOW, () => expect([logger.isDebugEnabled(), logger.isInfoEnabled()]).toEqual([false, true]));
  });

  it('leaves a logger silent that was told to be', () => {
    const logger = winston.createLogger({ silent: true, transports: [createTransport()] });
    context.with(RAISED, () => logger.debug('nobody hears'));
    expect(bodies()).toEqual([]);
  });
});
