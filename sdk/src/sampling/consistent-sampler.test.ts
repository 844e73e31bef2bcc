import { randomBytes } from 'node:crypto';
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { W3cTraceState } from '../correlation/w3c-trace-state.ts';
import { ConsistentSampler, ParentThresholdSampler } from './consistent-sampler.ts';
import { KEEP_ALL, thresholdOf } from './threshold.ts';

const TRACE_ID = fc.stringMatching(/^[0-9a-f]{32}$/);
const HIGH = `${'a'.repeat(18)}ff000000000000`;
const LOW = `${'a'.repeat(18)}01000000000000`;

interface Parent {
  readonly isSampled: boolean;
  readonly traceState?: string;
  readonly isRemote?: boolean;
}

function decide(sampler: Sampler, traceId: string, parent?: Parent): readonly [isKept: boolean, traceState: string | undefined] {
  const context =
    parent === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, {
          traceId,
          spanId: 'b7ad6b7169203331',
          traceFlags: parent.isSampled ? 1 : 0,
          isRemote: parent.isRemote ?? true,
          ...(parent.traceState === undefined ? {} : { traceState: W3cTraceState.parse(parent.traceState) }),
        });
  const { decision, traceState } = sampler.shouldSample(context, traceId, 'name', SpanKind.SERVER, {}, []);
  return [decision === SamplingDecision.RECORD_AND_SAMPLED, traceState?.serialize()];
}

describe('ConsistentSampler', () => {
  it('keeps with a larger share all that a smaller one keeps', () => {
    fc.assert(
      fc.property(
        TRACE_ID,
        fc.double({ min: 1e-6, max: 1, noNaN: true }),
        fc.double({ min: 1e-6, max: 1, noNaN: true }),
        (id, one, other) => {
          const [small] = decide(new ConsistentSampler(thresholdOf(Math.min(one, other))), id);
          const [large] = decide(new ConsistentSampler(thresholdOf(Math.max(one, other))), id);
          expect(!small || large).toBe(true);
        },
      ),
    );
  });

  it('keeps its share', () => {
    const sampler = new ConsistentSampler(thresholdOf(0.25));
    const ids = Array.from({ length: 4000 }, () => randomBytes(16).toString('hex'));
    const kept = ids.filter((id) => decide(sampler, id)[0]).length;
    expect(kept / ids.length).toBeGreaterThan(0.2);
    expect(kept / ids.length).toBeLessThan(0.3);
  });

  it('says its threshold on what it keeps, and takes a caller’s off what it leaves out', () => {
    const sampler = new ConsistentSampler(thresholdOf(0.1));
    expect(decide(sampler, HIGH)).toEqual([true, 'ot=th:e666']);
    expect(decide(sampler, LOW)).toEqual([false, undefined]);
    expect(decide(sampler, HIGH, { isSampled: true, traceState: 'a=b,ot=x:1;th:8' })).toEqual([true, 'ot=x:1;th:e666,a=b']);
    expect(decide(sampler, LOW, { isSampled: true, traceState: 'a=b,ot=th:0' })).toEqual([false, 'a=b']);
  });

  it('believes the randomness that a caller gives', () => {
    const sampler = new ConsistentSampler(thresholdOf(0.1));
    expect(decide(sampler, LOW, { isSampled: true, traceState: 'ot=rv:ff000000000000' })).toEqual([true, 'ot=rv:ff000000000000;th:e666']);
    expect(decide(sampler, HIGH, { isSampled: true, traceState: 'ot=rv:01000000000000' })).toEqual([false, 'ot=rv:01000000000000']);
  });

  it('leaves tracestate alone when it keeps everything, unless a caller had a share', () => {
    const sampler = new ConsistentSampler(KEEP_ALL);
    expect(decide(sampler, LOW)).toEqual([true, undefined]);
    expect(decide(sampler, LOW, { isSampled: false, traceState: 'a=b' })).toEqual([true, 'a=b']);
    expect(decide(sampler, HIGH, { isSampled: true, traceState: 'ot=th:e666' })).toEqual([true, 'ot=th:0']);
  });

  it('keeps nothing without a threshold', () => {
    expect(decide(new ConsistentSampler(undefined), HIGH)).toEqual([false, undefined]);
  });
});

describe('ParentThresholdSampler', () => {
  const sampler = new ParentThresholdSampler(new ConsistentSampler(thresholdOf(0.1)));

  it('asks its root where nobody has decided', () => {
    expect(decide(sampler, HIGH)).toEqual([true, 'ot=th:e666']);
    expect(decide(sampler, LOW)).toEqual([false, undefined]);
  });

  it('decides as the caller did and hands its threshold on', () => {
    expect(decide(sampler, LOW, { isSampled: true, traceState: 'ot=th:0,a=b' })).toEqual([true, 'ot=th:0,a=b']);
    expect(decide(sampler, LOW, { isSampled: true, traceState: 'a=b' })).toEqual([true, 'a=b']);
    expect(decide(sampler, HIGH, { isSampled: false })).toEqual([false, undefined]);
  });

  it('leaves a threshold out that does not explain the decision', () => {
    expect(decide(sampler, LOW, { isSampled: true, traceState: 'ot=th:e666,a=b' })).toEqual([true, 'a=b']);
    expect(decide(sampler, HIGH, { isSampled: false, traceState: 'ot=th:e666,a=b' })).toEqual([false, 'a=b']);
  });

  it('believes itself without a second look', () => {
    expect(decide(sampler, LOW, { isSampled: true, isRemote: false, traceState: 'ot=th:e666' })).toEqual([true, 'ot=th:e666']);
  });
});
