import { describe, expect, it } from 'vitest';
import { describeFlow } from './describe-flow.ts';
import { type FlowGraph, findFlow } from './flow.ts';
import { describeSteps, findUnmetStep, type Step } from './flow-steps.ts';
import type { ReceivedLog, ReceivedSpan } from './received-records.ts';

interface SpanFacts {
  readonly id: string;
  readonly service: string;
  readonly name: string;
  readonly parent?: string;
  readonly link?: string;
  readonly traceId?: string;
  readonly kind?: number;
  readonly flow?: string | undefined;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly isError?: boolean;
}

let started = 0n;

function span(facts: SpanFacts): ReceivedSpan {
  const { id, service, name, parent = '', link, traceId = 't1', kind = 1, attributes = {}, isError = false } = facts;
  const flow = 'flow' in facts ? facts.flow : 'order-7';
  started += 1_000_000n;
  return {
    traceId,
    spanId: id,
    parentSpanId: parent,
    name,
    kind,
    statusCode: isError ? 2 : 0,
    startTimeUnixNano: started,
    endTimeUnixNano: started + 2_500_000n,
    attributes: { ...attributes, ...(flow === undefined ? {} : { 'correlation.id': flow }) },
    links: link === undefined ? [] : [{ traceId: 't1', spanId: link }],
    events: [],
    resource: { 'service.name': service },
  };
}

function log(service: string, spanId: string, body: string, eventName = ''): ReceivedLog {
  return {
    traceId: 't1',
    spanId,
    timeUnixNano: 1n,
    severityNumber: 9,
    severityText: 'info',
    eventName,
    body,
    attributes: { 'correlation.id': 'order-7' },
    resource: { 'service.name': service },
  };
}

const KAFKA = { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' };
const SPANS = [
  span({ id: 'a', service: 'gateway', name: 'GET /orders/:id', kind: 2, attributes: { 'http.request.method': 'GET' } }),
  span({ id: 'b', service: 'gateway', name: 'send orders', kind: 4, parent: 'a', attributes: KAFKA }),
  span({ id: 'c', service: 'payments', name: 'process orders', kind: 5, traceId: 't2', link: 'b', attributes: KAFKA, isError: true }),
  span({ id: 'd', service: 'legacy', name: 'stock', parent: 'b', flow: undefined }),
  span({ id: 'x', service: 'other', name: 'other', flow: 'other', traceId: 't3' }),
];
const LOGS = [log('payments', 'c', 'charged'), log('gateway', '', 'ready'), log('gateway', 'a', 'x', 'threadline.span.start')];
const flow = findFlow('order-7', { spans: [...SPANS].reverse(), logs: LOGS });

function check(
  ...steps: readonly (readonly ['from' | 'through' | 'to', string] | readonly ['logging', string | RegExp])[]
): string | undefined {
  const read = steps.map(([kind, word]): Step => (kind === 'logging' ? { kind, text: word } : { kind, name: String(word) }));
  const unmet = findUnmetStep(flow, read);
  return unmet === undefined ? undefined : `${unmet.index}: ${unmet.reason}`;
}

describe('findFlow', () => {
  it('has what carries the id, and what of its traces carries none', () => {
    expect(flow.spans.map(({ spanId }) => spanId)).toEqual(['a', 'b', 'c', 'd']);
    expect(flow.roots.map(({ spanId }) => spanId)).toEqual(['a']);
    expect(flow.logs.map(({ body }) => body)).toEqual(['charged', 'ready']);
  });
});

describe('findUnmetStep', () => {
  it.each([
    [
      [
        ['from', 'gateway'],
        ['through', 'kafka'],
        ['to', 'payments'],
      ],
    ],
    [
      [
        ['from', 'gateway'],
        ['to', 'payments'],
        ['logging', 'charged'],
      ],
    ],
    [
      [
        ['from', 'gateway'],
        ['through', 'orders'],
        ['to', 'payments'],
        ['logging', /^char/g],
      ],
    ],
    [
      [
        ['from', 'gateway'],
        ['through', 'http'],
        ['through', 'kafka'],
        ['to', 'legacy'],
      ],
    ],
  ] as const)('is satisfied with %j', (steps) => {
    expect(check(...steps)).toBeUndefined();
  });

  it.each([
    [[['from', 'payments']], '0: it begins in gateway'],
    [
      [
        ['from', 'gateway'],
        ['through', 'rabbitmq'],
        ['to', 'payments'],
      ],
      '1: it goes over http, kafka',
    ],
    [
      [
        ['from', 'gateway'],
        ['through', 'kafka'],
        ['to', 'stock'],
      ],
      '2: it goes on to payments, legacy',
    ],
    [
      [
        ['from', 'gateway'],
        ['to', 'payments'],
        ['to', 'gateway'],
      ],
      '2: nothing comes after it',
    ],
    [
      [
        ['from', 'gateway'],
        ['to', 'payments'],
        ['logging', 'refunded'],
      ],
      '2: payments logged "charged"',
    ],
    [
      [
        ['from', 'gateway'],
        ['to', 'legacy'],
        ['logging', 'x'],
      ],
      '2: legacy logged nothing',
    ],
    [
      [
        ['from', 'gateway'],
        ['to', 'legacy'],
        ['through', 'kafka'],
        ['to', 'x'],
      ],
      '2: it stays in its process',
    ],
  ] as const)('names the step of %j', (steps, reason) => {
    expect(check(...steps)).toBe(reason);
  });

  it.each([
    ['sqs', 'aws_sqs'],
    ['sns', 'aws.sns'],
  ])('knows %s by its short name', (name, system) => {
    const sent = span({ id: 'q', service: 'a', name: 'send', attributes: { 'messaging.system': system } });
    const found = findFlow('order-7', { spans: [sent], logs: [] });
    expect(findUnmetStep(found, [{ kind: 'through', name }])).toBeUndefined();
  });
});

it('writes steps as they were said', () => {
  expect(
    describeSteps([
      { kind: 'from', name: 'a' },
      { kind: 'through', name: 'kafka' },
      { kind: 'logging', text: /b/ },
    ]),
  ).toBe('from a through kafka logging /b/');
});

describe('describeFlow', () => {
  it('is a tree in causal order, with logs, systems, times and errors', () => {
    expect(describeFlow(flow).split('\n')).toEqual([
      '  gateway SERVER GET /orders/:id (http) 2.5 ms',
      '    gateway PRODUCER send orders (kafka) 2.5 ms',
      '      payments CONSUMER process orders (kafka) 2.5 ms ERROR',
      '        log payments info "charged"',
      '      legacy INTERNAL stock 2.5 ms',
      '  log gateway info "ready"',
    ]);
  });

  it('ends after two hundred lines', () => {
    const many = Array.from({ length: 300 }, (_, index) => span({ id: `s${index}`, service: 'a', name: 'b' }));
    const long: FlowGraph = findFlow('order-7', { spans: many, logs: [] });
    expect(describeFlow(long).split('\n').slice(200)).toEqual(['  … and 100 lines more']);
  });

  it('finds where a flow of log records alone begins, and nowhere else', () => {
    const alone = findFlow('order-7', { spans: [], logs: [log('job', '', 'began'), log('job', '', 'ended')] });
    const from: Step = { kind: 'from', name: 'job' };
    expect(findUnmetStep(alone, [from])).toBeUndefined();
    expect(findUnmetStep(alone, [from, { kind: 'logging', text: 'ended' }])).toBeUndefined();
    expect(findUnmetStep(alone, [from, { kind: 'logging', text: 'failed' }])).toEqual({ index: 1, reason: 'job logged "began", "ended"' });
    expect(findUnmetStep(alone, [from, { kind: 'to', name: 'job' }])).toEqual({
      index: 1,
      reason: 'it has log records alone, and no spans',
    });
    expect(findUnmetStep(alone, [{ kind: 'from', name: 'shop' }])).toEqual({ index: 0, reason: 'it begins in job' });
    const early = findFlow('order-7', { spans: [], logs: [log('job', 's1', 'before its span')] });
    expect(findUnmetStep(early, [from])).toEqual({ index: 0, reason: 'nothing began' });
  });
});
