import {
  type Context,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  INVALID_SPAN_CONTEXT,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { describe, expect, it } from 'vitest';
import { suppressTracing } from '../context/context-values.ts';
import { createCounters } from '../counters.ts';
import { createAllowedHosts } from './allowed-hosts.ts';
import { correlation } from './correlation.ts';
import { correlationIdOf, getFlow, setFlow } from './flow.ts';
import { extractFrom, setDestination } from './hop.ts';

import { FlowPropagator, type PropagatorOptions } from './propagator.ts';
import { isRaised, signLevel } from './raised-level.ts';
import { parseTrust, type Trust } from './trust.ts';
import { W3cTraceState } from './w3c-trace-state.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const NOBODY = parseTrust('none') ?? unreadable();

function unreadable(): Trust {
  throw new Error('the tests’ own setting is not readable');
}

function createPropagator(changes: Partial<PropagatorOptions> = {}): {
  propagator: FlowPropagator;
  counters: PropagatorOptions['counters'];
} {
  const counters = createCounters();
  const options: PropagatorOptions = {
    correlationHeaders: ['x-correlation-id', 'x-request-id'],
    allowedHosts: createAllowedHosts([]),
    trust: { trusts: () => true },
    traceContextTo: 'all',
    counters,
    logLevelKeys: [],
    onRefused: () => undefined,
    onRefusedLevel: () => undefined,
    ...changes,
  };
  return { propagator: new FlowPropagator(options), counters };
}

const extract = (propagator: FlowPropagator, headers: object): Context => propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);

function inject(propagator: FlowPropagator, context: Context, carrier: Record<string, string> = {}): Record<string, string> {
  propagator.inject(context, carrier, defaultTextMapSetter);
  return carrier;
}

describe('extract', () => {
  it('prefers the header to baggage, and the first name to the second', () => {
    const { propagator } = createPropagator();
    const all = { 'x-correlation-id': 'one', 'x-request-id': 'two', baggage: 'correlation.id=three' };
    expect(correlationIdOf(extract(propagator, all))).toBe('one');
    expect(correlationIdOf(extract(propagator, { ...all, 'x-correlation-id': 'not valid' }))).toBe('two');
    expect(correlationIdOf(extract(propagator, { baggage: 'correlation.id=three' }))).toBe('three');
  });
  it('counts what was not valid', () => {
    const { propagator, counters } = createPropagator();
    extract(propagator, { 'x-correlation-id': 'not valid', baggage: 'correlation.id=%20' });
    expect(counters.invalidCorrelationIds).toBe(2);
  });
  it('takes the trace id of a caller that sent no id', () => {
    const { propagator } = createPropagator();
    expect(correlationIdOf(extract(propagator, { traceparent: TRACEPARENT }))).toBe('0af7651916cd43dd8448eb211c80319c');
  });
  it('does not end a running flow for a carrier that says nothing', () => {
    const { propagator } = createPropagator();
    const running = setFlow(ROOT_CONTEXT, { id: 'running', external: undefined });
    expect(correlationIdOf(propagator.extract(running, {}, defaultTextMapGetter))).toBe('running');
  });
  it('believes nothing that comes from outside, and keeps what it claimed', () => {
    const { propagator } = createPropagator({ trust: NOBODY });
    const headers = { 'x-correlation-id': 'theirs', traceparent: TRACEPARENT, baggage: 'tenant=x' };
    const context = extractFrom({ address: '8.8.8.8' }, () => propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter));
    expect(trace.getSpanContext(context)).toBeUndefined();
    expect(propagation.getBaggage(context)).toBeUndefined();
    expect(getFlow(context)).toMatchObject({
      id: undefined,
      external: { correlationId: 'theirs', spanContext: { spanId: 'b7ad6b7169203331' } },
    });
  });
});

describe('inject', () => {
  const { propagator } = createPropagator();
  const flow = setFlow(extract(propagator, { traceparent: TRACEPARENT, baggage: 'tenant=x' }), { id: 'mine', external: undefined });

  it('sends everything to an allowed host and only the trace to another', () => {
    expect(inject(propagator, setDestination(flow, '10.0.0.1'))).toEqual({
      traceparent: TRACEPARENT,
      baggage: 'correlation.id=mine,tenant=x',
      'x-correlation-id': 'mine',
    });
    expect(inject(propagator, setDestination(flow, 'api.example.com'))).toEqual({ traceparent: TRACEPARENT });
  });
  it('sends no state of which nothing is left', () => {
    const spanContext = {
      traceId: '1'.repeat(32),
      spanId: '2'.repeat(16),
      traceFlags: 0,
      traceState: W3cTraceState.parse('ot=th:0').unset('ot'),
    };
    const left = trace.setSpanContext(ROOT_CONTEXT, spanContext);
    expect(inject(propagator, setDestination(left, 'api.example.com'), { tracestate: 'ot=th:0' })).toEqual({
      traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`,
    });
  });
  it('reports a host that was not told what there was', () => {
    const refused: string[] = [];
    const reporting = createPropagator({ onRefused: (host) => refused.push(host) }).propagator;
    inject(reporting, setDestination(flow, 'api.example.com'));
    inject(reporting, setDestination(flow, '10.0.0.1'));
    inject(reporting, setDestination(ROOT_CONTEXT, 'other.example.com'));
    expect(refused).toEqual(['api.example.com']);
  });
  it('sends no header with a message, whose id is in baggage', () => {
    expect(inject(propagator, flow)).toEqual({ traceparent: TRACEPARENT, baggage: 'correlation.id=mine,tenant=x' });
  });
  it('leaves an id that the app wrote, in whatever case', () => {
    expect(inject(propagator, setDestination(flow, 'orders'), { 'X-Correlation-ID': 'app' })).toMatchObject({ 'X-Correlation-ID': 'app' });
    expect(inject(propagator, setDestination(flow, 'orders'), { 'X-Correlation-ID': 'app' })).not.toHaveProperty('x-correlation-id');
  });
  it('replaces a trace context that the app handed on, in whatever case, and takes out a state that is none of this trace', () => {
    const handedOn = { Traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`, tracestate: 'a=b' };
    expect(inject(propagator, setDestination(flow, 'orders'), { ...handedOn })).toEqual({
      traceparent: TRACEPARENT,
      baggage: 'correlation.id=mine,tenant=x',
      'x-correlation-id': 'mine',
    });
    const strict = createPropagator({ traceContextTo: 'allowed' }).propagator;
    expect(inject(strict, setDestination(flow, 'api.example.com'), { ...handedOn })).toEqual({});
  });
  it('sends baggage that the app wrote with the flow’s, and the app’s value of a key that both have', () => {
    const { baggage } = inject(propagator, setDestination(flow, 'orders'), { Baggage: 'correlation.id=own,user=7;p=1,tenant=acme' });
    expect(baggage).toBe('correlation.id=mine,tenant=acme,user=7;p=1');
  });
  it('counts what of both together is too much', () => {
    const { propagator: counting, counters } = createPropagator();
    const many = Array.from({ length: 70 }, (_, index) => `k${index}=1`).join(',');
    expect(inject(counting, setDestination(flow, 'orders'), { baggage: many }).baggage?.split(',')).toHaveLength(64);
    expect(counters.droppedBaggageMembers).toBe(8);
  });
  it('leaves baggage and an id that the app wrote to a host that is not allowed', () => {
    const given = { Baggage: 'user=7', 'X-Correlation-ID': 'app' };
    expect(inject(propagator, setDestination(flow, 'api.example.com'), { ...given })).toEqual({ traceparent: TRACEPARENT, ...given });
  });
  it('hands on nothing of a caller that is not believed, also in a flow that the app began for it', () => {
    const untrusting = createPropagator({ trust: NOBODY }).propagator;
    const headers = { 'x-correlation-id': 'theirs', traceparent: TRACEPARENT, baggage: 'tenant=x,role=admin' };
    const outside = extractFrom({ address: '8.8.8.8' }, () => untrusting.extract(ROOT_CONTEXT, headers, defaultTextMapGetter));
    const handedOn = { ...headers, baggage: `${headers.baggage},tenant=checked` };
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    const call = (): unknown => inject(untrusting, setDestination(context.active(), 'orders'), handedOn);
    const sent = context.with(outside, () => correlation.run('mine', call));
    context.disable();
    expect(sent).toEqual({
      baggage: 'correlation.id=mine,tenant=checked',
      'x-correlation-id': 'mine',
    });
  });
  it('leaves a message’s headers to the messaging parts', () => {
    expect(inject(propagator, flow, { baggage: 'user=7' })).toEqual({ traceparent: TRACEPARENT, baggage: 'correlation.id=mine,tenant=x' });
  });
  it('adds nothing when tracing is suppressed', () => {
    expect(inject(propagator, suppressTracing(setDestination(flow, 'orders')))).toEqual({});
  });
  it('keeps the trace from other hosts when told so', () => {
    const strict = createPropagator({ traceContextTo: 'allowed' }).propagator;
    expect(inject(strict, setDestination(flow, 'api.example.com'))).toEqual({});
  });
  it('says on the call’s span that it kept the trace from the host, and only then', () => {
    const said: unknown[] = [];
    const span = trace.wrapSpanContext(trace.getSpanContext(flow) ?? INVALID_SPAN_CONTEXT);
    span.setAttribute = (...attribute) => {
      said.push(attribute);
      return span;
    };
    const outgoing = trace.setSpan(flow, span);
    inject(propagator, setDestination(outgoing, 'api.example.com'));
    const strict = createPropagator({ traceContextTo: 'allowed' }).propagator;
    inject(strict, setDestination(outgoing, 'orders'));
    expect(said).toEqual([]);
    inject(strict, setDestination(outgoing, 'api.example.com'));
    expect(said).toEqual([['threadline.context.withheld', true]]);
  });
});

describe('a level that a request asks for', () => {
  const KEY = 'a key that all services of a team share';
  const token = signLevel({ key: KEY, correlationId: 'order-7', level: 'debug', untilMillis: Date.now() + 60_000 });
  const asking = { 'x-correlation-id': 'order-7', 'x-log-level': token };

  it('raises its flow, and the services that this one calls, over whatever transport', () => {
    const { propagator } = createPropagator({ logLevelKeys: [KEY] });
    const raised = extract(propagator, { ...asking, baggage: 'tenant=x' });
    expect(isRaised(raised, 5)).toBe(true);
    const message = inject(propagator, raised);
    expect(message).toEqual({ baggage: `correlation.id=order-7,tenant=x,log.level=${token}` });
    expect(isRaised(extract(propagator, message), 5)).toBe(true);
    expect(inject(propagator, extract(propagator, message))).toEqual(message);
  });

  it('passes a service that has no key, and goes to no host that baggage does not go to', () => {
    const { propagator } = createPropagator();
    const passing = extract(propagator, { baggage: `correlation.id=order-7,log.level=${token}` });
    expect(isRaised(passing, 5)).toBe(false);
    expect(inject(propagator, passing)).toEqual({ baggage: `correlation.id=order-7,log.level=${token}` });
    expect(inject(propagator, setDestination(passing, 'api.partner.com'))).toEqual({});
    expect(inject(propagator, extract(propagator, asking))).toEqual({ baggage: 'correlation.id=order-7' });
  });

  it('is refused with a word where it was signed for another flow, and never in one of its own', () => {
    const reasons: string[] = [];
    const { propagator } = createPropagator({ logLevelKeys: [KEY], onRefusedLevel: (reason) => reasons.push(reason) });
    const refused = extract(propagator, { ...asking, 'x-correlation-id': 'order-8' });
    expect(isRaised(refused, 5)).toBe(false);
    expect(inject(propagator, refused)).toEqual({ baggage: 'correlation.id=order-8' });
    expect(reasons).toEqual(['it is not signed with this service’s key for this correlation id']);
    extract(propagator, { 'x-correlation-id': 'order-9' });
    expect(reasons).toHaveLength(1);
  });

  it('is believed from outside too, with the id that was signed and nothing else', () => {
    const { propagator } = createPropagator({ trust: NOBODY, logLevelKeys: [KEY] });
    const ask = (headers: object): Context =>
      extractFrom({ address: '8.8.8.8' }, () => propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter));
    const raised = ask({ ...asking, traceparent: TRACEPARENT, baggage: 'tenant=x' });
    expect(isRaised(raised, 5)).toBe(true);
    expect(getFlow(raised)).toMatchObject({ id: 'order-7', external: { correlationId: undefined, spanContext: { traceFlags: 1 } } });
    expect(trace.getSpanContext(raised)).toBeUndefined();
    expect(propagation.getBaggage(raised)?.getAllEntries()).toEqual([['log.level', { value: token }]]);
    expect(getFlow(ask({ ...asking, 'x-correlation-id': 'theirs' }))).toMatchObject({
      id: undefined,
      external: { correlationId: 'theirs' },
    });
  });
});
