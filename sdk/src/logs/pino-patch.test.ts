import { context, logs, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { StackContextManager } from '@opentelemetry/sdk-trace';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setFlow } from '../correlation/flow.ts';
import { setRaisedLevel } from '../correlation/raised-level.ts';
import { patchPino } from './pino-patch.ts';

const SPAN = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
const IN_FLOW = setFlow(trace.setSpanContext(ROOT_CONTEXT, SPAN), { id: 'flow-1', external: undefined });
const RAISED = setRaisedLevel(IN_FLOW, { correlationId: 'flow-1', severity: 5 });
const IDS = { trace_id: SPAN.traceId, span_id: SPAN.spanId, correlation_id: 'flow-1' };

const sent = new InMemoryLogRecordExporter();
const shown: Record<string, unknown>[] = [];
const destination = { write: (line: string) => void shown.push(JSON.parse(line)) };
/** Made before the patch, as an app's loggers may be. */
const before = pino({}, destination);

beforeAll(() => {
  context.setGlobalContextManager(new StackContextManager().enable());
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: sent })] }));
  const config = { baggageKeys: [], levels: new Map([['audit', 12]]), raisesLevels: true };
  patchPino(pino, config);
  patchPino(pino, config);
});
afterAll(() => {
  logs.disable();
  context.disable();
});
beforeEach(() => {
  sent.reset();
  shown.length = 0;
});

const records = (): unknown[] =>
  sent
    .getFinishedLogRecords()
    .map(({ body, severityNumber, severityText, attributes }) => ({ body, severityNumber, severityText, attributes }));

describe('a patched pino', () => {
  it('writes the ids into each line, also of loggers that were there before, and sends it once', () => {
    context.with(IN_FLOW, () => before.info({ orderId: 7 }, 'hello'));
    expect(shown).toEqual([expect.objectContaining({ level: 30, msg: 'hello', orderId: 7, ...IDS })]);
    expect(records()).toEqual([{ body: 'hello', severityNumber: 9, severityText: 'info', attributes: { orderId: 7 } }]);
    expect(sent.getFinishedLogRecords()[0]?.spanContext).toMatchObject({ spanId: SPAN.spanId });
  });

  it('writes none outside of a flow, and leaves a line that nobody asked for unsent', () => {
    before.info('outside');
    before.debug('below the level');
    expect(shown).toEqual([expect.not.objectContaining({ trace_id: expect.anything() })]);
    expect(records()).toMatchObject([{ body: 'outside' }]);
  });

  it('leaves ids that the app wrote as they are, and sends them as attributes', () => {
    const theirs = { trace_id: 'T', span_id: 'S', correlation_id: 'partner-7' };
    before.info(theirs, 'outside');
    context.with(IN_FLOW, () => {
      before.child(theirs).info('inside');
      before.info({ trace_id: 'T' }, 'of another trace');
      before.info({ trace_id: SPAN.traceId, correlation_id: 'flow-1' }, 'ours');
    });
    expect(shown.map(({ msg, trace_id, span_id, correlation_id }) => [msg, trace_id, span_id, correlation_id])).toEqual([
      ['outside', 'T', 'S', 'partner-7'],
      ['inside', 'T', 'S', 'partner-7'],
      ['of another trace', 'T', undefined, 'flow-1'],
      ['ours', SPAN.traceId, SPAN.spanId, 'flow-1'],
    ]);
    expect(sent.getFinishedLogRecords().map(({ attributes }) => attributes)).toEqual([theirs, theirs, { trace_id: 'T' }, {}]);
    expect(sent.getFinishedLogRecords()[1]?.spanContext?.spanId).toBe(SPAN.spanId);
  });

  it('sends what the logger’s own redaction, serializers and names made of a line, with the bindings of a child', () => {
    const options = { redact: ['password'], messageKey: 'text', nestedKey: 'payload', serializers: { user: () => 'a user' } };
    pino(options, destination)
      .child({ component: 'checkout' })
      .warn({ password: 'hunter2', user: { id: 1 } }, 'changed');
    expect(records()).toEqual([
      {
        body: 'changed',
        severityNumber: 13,
        severityText: 'warn',
        attributes: { component: 'checkout', payload: { password: '[Redacted]', user: 'a user' } },
      },
    ]);
  });

  it.each([
    ['trace', 1],
    ['debug', 5],
    ['error', 17],
    ['fatal', 21],
    ['audit', 12],
  ] as const)('sends the level %s as %i', (level, severityNumber) => {
    pino({ level: 'trace', customLevels: { audit: 35 } }, destination)[level]('said');
    expect(records()).toMatchObject([{ severityNumber, severityText: level }]);
  });

  it('sends an error with its stack and causes, wherever it is in a line, once', () => {
    const failure = new RangeError('too far', { cause: new Error('the map ended') });
    before.error(failure);
    before.error({ order: { failure } }, 'could not be delivered');
    const exception = {
      'exception.type': 'RangeError',
      'exception.message': 'too far',
      'exception.stacktrace': expect.stringContaining('the map ended'),
    };
    expect(records()).toMatchObject([
      { body: 'too far', severityNumber: 17, attributes: exception },
      { body: 'could not be delivered', attributes: exception },
    ]);
    expect(records()[0]).not.toHaveProperty('attributes.err');
  });

  it('takes a text under a usual name for that of a line without one', () => {
    before.error({ status: 'error', message: 'rpc fails' });
    before.info({ message: 'a field' }, 'hello');
    pino({ messageKey: 'message' }, destination).info({ msg: 'other' });
    before.info({ event: 'placed' });
    expect(records()).toMatchObject([
      { body: 'rpc fails', attributes: { status: 'error' } },
      { body: 'hello', attributes: { message: 'a field' } },
      { body: 'other', attributes: {} },
      { body: '', attributes: { event: 'placed' } },
    ]);
    expect(sent.getFinishedLogRecords()[0]?.attributes).not.toHaveProperty('message');
  });

  it('leaves a time under another name and a level as text out of the attributes', () => {
    pino(
      { timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ severity: label }) }, base: null },
      destination,
    ).info('hello');
    expect(records()).toEqual([{ body: 'hello', severityNumber: 9, severityText: 'info', attributes: {} }]);
  });
});

describe('a pino in a raised flow', () => {
  it('sends lines that the logger leaves out, with all that the logger makes of one, and shows them nowhere', () => {
    const logger = pino({ level: 'warn', redact: ['password'], mixin: () => ({ region: 'eu' }), msgPrefix: '[shop] ' }, destination);
    const child = logger.child({ component: 'checkout' });
    context.with(RAISED, () => {
      child.debug({ password: 'hunter2' }, 'chosen %s', 'card');
      child.trace('below what was asked for');
      child.error('seen anyway');
    });
    context.with(IN_FLOW, () => child.debug('in a flow that is not raised'));
    child.debug('outside');
    expect(records()).toEqual([
      {
        body: '[shop] chosen card',
        severityNumber: 5,
        severityText: 'debug',
        attributes: { password: '[Redacted]', region: 'eu', component: 'checkout' },
      },
      { body: '[shop] seen anyway', severityNumber: 17, severityText: 'error', attributes: { region: 'eu', component: 'checkout' } },
    ]);
    expect(shown).toEqual([expect.objectContaining({ msg: '[shop] seen anyway', ...IDS })]);
  });

  it('says what is wanted to an app that asks first', () => {
    const logger = pino({}, destination);
    context.with(RAISED, () => expect([logger.isLevelEnabled('debug'), logger.isLevelEnabled('trace')]).toEqual([true, false]));
    context.with(IN_FLOW, () => expect([logger.isLevelEnabled('debug'), logger.isLevelEnabled('info')]).toEqual([false, true]));
  });

  it('knows levels and hooks of the app’s own, and levels that change', () => {
    const logger = pino(
      {
        customLevels: { verbose: 25, noise: 3 },
        hooks: {
          logMethod(args, method) {
            Reflect.apply(method, this, [`hooked ${String(args[0])}`]);
          },
        },
      },
      destination,
    );
    context.with(RAISED, () => {
      logger.verbose('a level of its own');
      logger.level = 'error';
      logger.info('left out by now');
      logger.level = 'debug';
      logger.debug('let through by now');
    });
    expect(records()).toMatchObject([
      { body: 'hooked a level of its own', severityText: 'verbose' },
      { body: 'hooked left out by now', severityText: 'info' },
      { body: 'hooked let through by now', severityText: 'debug' },
    ]);
    expect(shown).toMatchObject([{ msg: 'hooked let through by now' }]);
  });

  it('leaves a logger silent that was told to be', () => {
    const logger = pino({ level: 'silent' }, destination);
    context.with(RAISED, () => {
      logger.fatal('nobody hears');
      expect(logger.isLevelEnabled('debug')).toBe(false);
    });
    expect(records()).toEqual([]);
  });
});
