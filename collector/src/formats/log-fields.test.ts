import { describe, expect, it } from 'vitest';
import { levelIn, placesInLine, traceFields, withFlow } from './log-fields.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN_ID = '00f067aa0ba902b7';
const IDS = { trace_id: TRACE_ID, span_id: SPAN_ID, correlation_id: 'order-42' };

describe('a line', () => {
  it.each([
    ['winston', JSON.stringify({ level: 'error', message: 'declined', ...IDS })],
    ['pino', `${JSON.stringify({ level: 50, time: 1_795_168_800_123, ...IDS, msg: 'declined' })}\n`],
    ['Logback', JSON.stringify({ level: 'ERROR', mdc: { traceId: TRACE_ID, spanId: SPAN_ID, correlationId: 'order-42' } })],
    ['ECS', JSON.stringify({ 'log.level': 'error', trace: { id: TRACE_ID }, span: { id: SPAN_ID }, correlation: { id: 'order-42' } })],
    [
      'slog',
      `time=2026-11-20T10:00:00Z level=ERROR msg="card \\"declined\\"" trace_id=${TRACE_ID} span_id="${SPAN_ID}" correlation_id=order-42`,
    ],
    ['an app between its words', `paid in vain a=b=c level=err traceID=${TRACE_ID} spanID=${SPAN_ID}\tcorrelation_id="order-42" x=`],
  ])('of %s says its level, its trace and its flow', (_, line) => {
    const places = placesInLine(line);
    expect(['error', 'ERROR', 'err', '50']).toContain(levelIn(places));
    expect(traceFields(places)).toEqual({ traceId: TRACE_ID, spanId: SPAN_ID });
    expect(withFlow([], places)).toEqual([{ key: 'correlation.id', value: { stringValue: 'order-42' } }]);
  });

  it.each([
    '',
    '{"level":"error"',
    '["level","error"]',
    'null',
    '{"level":5,"severity":{"level":"error"},"trace_id":"none"}',
    'moved to level=5 of the house, user.level=error',
    'level= error',
    'the level is error',
    'level="error',
    `level=error${' '.repeat(20_000)}`,
  ])('%# says nothing that it does not say', (line) => {
    const places = placesInLine(line);
    expect(levelIn(places)).toBeUndefined();
    expect(traceFields(places)).toEqual({});
    expect(withFlow([], places)).toEqual([]);
  });
});
