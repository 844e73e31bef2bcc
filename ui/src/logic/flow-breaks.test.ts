import type { FlowBreak } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { english } from '../messages/english.ts';
import { adviceOn, breaksByItem, trulyMissing } from './flow-breaks.ts';
import { logRecord, span } from './record-fixtures.ts';

const found = (spanId?: string): FlowBreak => ({
  cause: 'no_header',
  certainty: 'likely',
  from: { service: 'a', address: '' },
  to: { service: 'b', address: '' },
  timeUnixNano: '1',
  count: 1,
  evidence: [],
  ...(spanId === undefined ? {} : { anchor: { traceId: 't', spanId, side: 'after' } }),
});

describe('breaksByItem', () => {
  it('finds the span that a break is at; the first of several, and none for what has no place here', () => {
    const [one, two] = [found('b'), found('b')];
    const items = [
      { type: 'span' as const, span: span({ spanId: 'a' }) },
      { type: 'log' as const, log: logRecord({ traceId: 't', spanId: 'b' }) },
      { type: 'span' as const, span: span({ spanId: 'b' }) },
    ];
    expect([...breaksByItem(items, [found(), one, two, found('gone')])]).toEqual([[2, one]]);
  });
});

describe('trulyMissing', () => {
  it('leaves out the message that a break says who took, and nothing else', () => {
    const missing = (['consumer_missing', 'parent_missing'] as const).flatMap((reason) =>
      ['a', 'b'].map((spanId) => ({ traceId: 't', spanId, reason })),
    );
    const lost: FlowBreak = { ...found('a'), cause: 'message_context_lost' };
    expect(trulyMissing(missing, [lost, found('b')])).toEqual(missing.slice(1));
    expect(trulyMissing(missing, [])).toEqual(missing);
  });
});

describe('adviceOn', () => {
  it('asks of a queue that nothing takes from whether it has a consumer, and else to start it under the SDK', () => {
    const silent: FlowBreak = {
      ...found(),
      cause: 'not_instrumented',
      evidence: [{ fact: 'destination_silent', values: { destination: 'rabbitmq parcels' } }],
    };
    expect(english[`doctor.advice.${adviceOn(silent)}`]).toMatch(/whether a consumer runs and is bound to this queue.*node --import/);
    expect(adviceOn({ ...silent, evidence: [] })).toBe('not_instrumented');
    expect(adviceOn(found())).toBe('no_header');
  });
});
