import { describe, expect, it } from 'vitest';
import { formatTraceParent, parseTraceContext } from './trace-parent.ts';
import { W3cTraceState } from './w3c-trace-state.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';

describe('tracestate', () => {
  it('comes back as it was, without blanks and empty members', () => {
    expect(W3cTraceState.parse('a=1, b=2 ,,t@v=6,').serialize()).toBe('a=1,b=2,t@v=6');
  });

  it.each(['c', 'UPPER=3', 'd=4=5', '@v=1', 'k=', `${'k'.repeat(257)}=1`])('is not believed when a member is malformed: %s', (member) => {
    expect(W3cTraceState.parse(`a=1,${member}`).isEmpty).toBe(true);
    expect(parseTraceContext(`00-${TRACE_ID}-${SPAN_ID}-01`, `a=1,${member}`)).toEqual({
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      traceFlags: 1,
      isRemote: true,
    });
  });

  it('is not believed when it has more than 32 members', () => {
    expect(W3cTraceState.parse(Array.from({ length: 33 }, (_, index) => `k${index}=v`).join(',')).isEmpty).toBe(true);
  });

  it('has a changed member first, and the others in their order', () => {
    const state = W3cTraceState.parse('a=1,b=2,c=3');
    expect(state.set('b', 'new').serialize()).toBe('b=new,a=1,c=3');
    expect(state.set('d', '4').serialize()).toBe('d=4,a=1,b=2,c=3');
    expect(state.unset('b').serialize()).toBe('a=1,c=3');
    expect(state.serialize()).toBe('a=1,b=2,c=3');
  });

  it('takes no member that is not valid or has no room', () => {
    const full = W3cTraceState.parse(Array.from({ length: 32 }, (_, index) => `k${index}=v`).join(','));
    expect(full.serialize().split(',')).toHaveLength(32);
    expect(full.set('more', 'x').get('more')).toBeUndefined();
    expect(full.set('k3', 'x').get('k3')).toBe('x');
    const long = W3cTraceState.parse(`a=${'x'.repeat(250)},b=${'y'.repeat(250)},c=${'z'.repeat(250)}`);
    expect([long.get('b') === undefined, long.get('c')]).toEqual([false, undefined]);
    expect(long.set('d', 'w'.repeat(100)).get('d')).toBeUndefined();
    expect(long.set('d', 'has,comma').get('d')).toBeUndefined();
  });
});

describe('traceparent', () => {
  it('is read with its tracestate', () => {
    const context = parseTraceContext(`00-${TRACE_ID}-${SPAN_ID}-01`, 'a=1');
    expect(context).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, isRemote: true });
    expect(context?.traceState?.serialize()).toBe('a=1');
    expect(context === undefined ? '' : formatTraceParent(context)).toBe(`00-${TRACE_ID}-${SPAN_ID}-01`);
  });

  it.each([
    `00-${TRACE_ID}-${SPAN_ID}-01-more`,
    `ff-${TRACE_ID}-${SPAN_ID}-01`,
    `00-${'0'.repeat(32)}-${SPAN_ID}-01`,
    `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
    `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`,
    `00-${TRACE_ID}-${SPAN_ID}`,
    '',
  ])('is not believed when it is malformed: %s', (header) => {
    expect(parseTraceContext(header, 'a=1')).toBeUndefined();
  });

  it('of a later version may say more', () => {
    expect(parseTraceContext(`cc-${TRACE_ID}-${SPAN_ID}-01-more`, undefined)).toMatchObject({ traceId: TRACE_ID });
  });
});
