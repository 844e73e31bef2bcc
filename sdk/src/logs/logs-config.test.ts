import { describe, expect, it } from 'vitest';
import { readLogsConfig } from './logs-config.ts';

describe('readLogsConfig', () => {
  it('adds nothing by default', () => {
    expect(readLogsConfig({})).toEqual({
      baggageKeys: [],
      levels: new Map(),
      capturesConsole: false,
      levelKeys: [],
      raisesLevels: false,
      exceptionSignal: 'span',
    });
  });

  it('reads the keys with which the level of a flow is raised, and tells nobody a key that is too short', () => {
    const [older, newer] = ['o'.repeat(32), 'n'.repeat(40)];
    expect(readLogsConfig({ THREADLINE_SDK_LOG_LEVEL_KEY: `${newer}, ${older}` })).toMatchObject({
      levelKeys: [newer, older],
      raisesLevels: true,
    });
    const expected = 'THREADLINE_SDK_LOG_LEVEL_KEY: expected keys of 32 characters or more, got "7 characters"';
    expect(() => readLogsConfig({ THREADLINE_SDK_LOG_LEVEL_KEY: `${newer},hunter2` })).toThrow(expected);
    expect(() => readLogsConfig({}, { levelKeys: ['hunter2'] })).toThrow(expected);
  });

  it('reads names and numbers of severities', () => {
    const { levels } = readLogsConfig({ THREADLINE_SDK_LOG_LEVELS: 'audit=info, security=Error2,metric=10,a=b=TRACE' });
    expect([...levels]).toEqual([
      ['audit', 9],
      ['security', 18],
      ['metric', 10],
      ['a=b', 1],
    ]);
  });

  it.each([
    ['logs', 'logs'],
    ['logs/dup', 'both'],
    ['other, logs/dup,logs', 'both'],
    ['other', 'span'],
  ])('records exceptions with %s as %s', (value, signal) => {
    expect(readLogsConfig({ OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: value }).exceptionSignal).toBe(signal);
  });

  it('reads options in place of the environment', () => {
    const environment = {
      THREADLINE_SDK_LOG_BAGGAGE: 'tenant',
      THREADLINE_SDK_CAPTURE_CONSOLE: 'on',
      THREADLINE_SDK_LOG_LEVELS: 'audit=9',
    };
    expect(readLogsConfig(environment, { baggageKeys: [], console: false, levels: { audit: 21 } })).toMatchObject({
      baggageKeys: [],
      capturesConsole: false,
      levels: new Map([['audit', 21]]),
    });
    expect(readLogsConfig(environment)).toMatchObject({ baggageKeys: ['tenant'], capturesConsole: true });
  });

  it.each([
    [
      { THREADLINE_SDK_LOG_BAGGAGE: 'tenant,a b' },
      'baggage keys other than level, message, timestamp, stack, trace_id, span_id, correlation_id, got "a b"',
    ],
    [{ THREADLINE_SDK_LOG_BAGGAGE: 'message' }, 'got "message"'],
    [
      { THREADLINE_SDK_LOG_LEVELS: 'audit' },
      'THREADLINE_SDK_LOG_LEVELS: expected levels with a severity, such as audit=info, security=error2 or metric=10, got "audit"',
    ],
    [{ THREADLINE_SDK_LOG_LEVELS: 'audit=loud' }, 'got "audit=loud"'],
    [{ THREADLINE_SDK_LOG_LEVELS: 'audit=25' }, 'got "audit=25"'],
    [{ THREADLINE_SDK_LOG_LEVELS: 'audit=0' }, 'got "audit=0"'],
    [{ THREADLINE_SDK_CAPTURE_CONSOLE: 'yes' }, 'THREADLINE_SDK_CAPTURE_CONSOLE: expected on or off, got "yes"'],
  ])('refuses %j', (environment, message) => {
    expect(() => readLogsConfig(environment)).toThrow(message);
  });
});
