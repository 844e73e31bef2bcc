import { ROOT_CONTEXT, SamplingDecision, SpanKind, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { setFlow } from '../correlation/flow.ts';
import { setRaisedLevel } from '../correlation/raised-level.ts';
import { ConsistentSampler, ParentThresholdSampler } from './consistent-sampler.ts';
import { FlowSampler } from './flow-sampler.ts';
import { KEEP_ALL } from './threshold.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const FLOW = setFlow(ROOT_CONTEXT, { id: 'order-7', external: undefined });
const RAISED = setRaisedLevel(FLOW, { correlationId: 'order-7', severity: 5 });
const decide = (sampler: FlowSampler, context = RAISED) => sampler.shouldSample(context, TRACE_ID, 'GET /', SpanKind.SERVER, {}, []);

describe('a raised flow', () => {
  it('is kept, whatever share of traces is, and says no threshold that would weigh it', () => {
    const nothing = new FlowSampler(new ConsistentSampler(undefined));
    expect(decide(nothing).decision).toBe(SamplingDecision.RECORD_AND_SAMPLED);
    expect(decide(nothing).traceState?.serialize() ?? '').toBe('');
    expect(decide(nothing, FLOW).decision).toBe(SamplingDecision.NOT_RECORD);
    expect(decide(nothing, setFlow(RAISED, { id: 'another', external: undefined })).decision).toBe(SamplingDecision.NOT_RECORD);
  });

  it('is kept in a trace that the caller left out', () => {
    const sampler = new FlowSampler(new ParentThresholdSampler(new ConsistentSampler(KEEP_ALL)));
    const caller = { traceId: TRACE_ID, spanId: 'b7ad6b7169203331', traceFlags: 0, isRemote: true };
    expect(decide(sampler, trace.setSpanContext(RAISED, caller)).decision).toBe(SamplingDecision.RECORD_AND_SAMPLED);
    expect(decide(sampler, trace.setSpanContext(FLOW, caller)).decision).toBe(SamplingDecision.NOT_RECORD);
  });
});
