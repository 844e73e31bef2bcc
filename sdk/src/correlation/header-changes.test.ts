import { type Context, propagation, ROOT_CONTEXT, type TextMapSetter } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headerChanges, isUnchanged, readGivenHeaders, unchangedOf } from './header-changes.ts';

/** Takes a trace context out, sends another one, and leaves an ID as it is. */
const propagator = {
  inject(_context: Context, carrier: unknown, setter: TextMapSetter): void {
    if (typeof carrier !== 'object' || carrier === null) throw new Error('no carrier');
    Reflect.deleteProperty(carrier, 'tracestate');
    setter.set(carrier, 'traceparent', 'ours');
  },
  extract: (context: Context) => context,
  fields: () => ['traceparent', 'tracestate', 'x-correlation-id'],
};
beforeAll(() => propagation.setGlobalPropagator(propagator));
afterAll(() => propagation.disable());

describe('headerChanges', () => {
  it('are all that is sent where the app wrote nothing under our names', () => {
    const given = readGivenHeaders(() => undefined);
    expect(given).toBeUndefined();
    expect(headerChanges(ROOT_CONTEXT, given)).toEqual({ traceparent: 'ours' });
  });

  it('say what goes and what is replaced, and nothing of what stays', () => {
    const own: Readonly<Record<string, string>> = { traceparent: 'theirs', tracestate: 'a=1', 'x-correlation-id': 'own' };
    const changes = headerChanges(
      ROOT_CONTEXT,
      readGivenHeaders((name) => own[name]),
    );
    expect(Object.entries(changes).sort()).toEqual([
      ['traceparent', 'ours'],
      ['tracestate', undefined],
    ]);
    expect(['TraceState', 'X-Correlation-ID', 'constructor'].map((name) => isUnchanged(changes, name))).toEqual([false, true, true]);
    expect(unchangedOf(changes, ['TraceParent', 'theirs', 'Accept', '*', 'tracestate', 'a=1'])).toEqual(['Accept', '*']);
  });

  it('are none for what is sent as the app wrote it', () => {
    expect(headerChanges(ROOT_CONTEXT, { traceparent: 'ours', 'x-correlation-id': 'own' })).toEqual({});
  });
});
