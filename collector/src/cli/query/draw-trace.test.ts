import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Span, TraceSummary } from '../../api/index.ts';
import { createTerminal, fit } from '../terminal.ts';
import { drawTrace } from './draw-trace.ts';
import { formatLog } from './format-log.ts';

const plain = createTerminal(new PassThrough(), { COLUMNS: '80' });
const SUMMARY: TraceSummary = {
  traceId: 'ab'.repeat(16),
  rootService: 'gateway',
  rootOperation: 'GET /',
  rootSpanId: '1',
  rootStartTimeUnixNano: '1000000000',
  rootDurationNano: '100000000',
  startTimeUnixNano: '1000000000',
  durationNano: '100000000',
  spanCount: 3,
  errorCount: 1,
  services: [{ name: 'gateway', spanCount: 3, errorCount: 1 }],
};

function span(spanId: string, parentSpanId: string | undefined, [start, end]: readonly [number, number], more: Partial<Span> = {}): Span {
  return {
    id: spanId,
    arrivalTimeUnixNano: '1',
    traceId: SUMMARY.traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: `op-${spanId}`,
    startTimeUnixNano: String(1_000_000_000 + start * 1_000_000),
    endTimeUnixNano: String(1_000_000_000 + end * 1_000_000),
    attributes: [],
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'gateway' } }] },
    scope: { attributes: [] },
    ...more,
  };
}

function drawn(spans: readonly Span[]): string[] {
  return drawTrace({ summary: SUMMARY, spans: [...spans], logs: [] }, plain)
    .trimEnd()
    .split('\n')
    .slice(3);
}

describe('a drawn trace', () => {
  it('has a parent before its children, each bar at its place, and says which failed', () => {
    const lines = drawn([span('c', 'b', [50, 60], { status: { code: 2 } }), span('b', 'a', [50, 100]), span('a', undefined, [0, 100])]);
    expect(lines.map((line) => line.slice(0, 36).trimEnd())).toEqual(['op-a  gateway', '  op-b  gateway', '    ✗ op-c  gateway']);
    expect(lines.every((line) => line.length === 80)).toBe(true);
    expect(lines[0]).toMatch(/━{32}\s+100 ms$/);
    expect(lines[1]).toMatch(/ {16}━{16}\s+50\.0 ms$/);
  });

  it('shows spans without their parent at the left, and each of a circle once', () => {
    const lines = drawn([span('a', 'missing', [0, 1]), span('b', 'c', [1, 2]), span('c', 'b', [1, 2])]);
    expect(lines.map((line) => line.slice(0, 36).trimEnd())).toEqual(['op-a  gateway', 'op-b  gateway', '  op-c  gateway']);
  });

  it('never runs what a sender put into a name', () => {
    const [line = ''] = drawn([span('a', undefined, [0, 1], { name: '\u001b[31mred\nline' })]);
    expect(line).toContain('\\u001b[31mred line');
  });
});

describe('a log on a line', () => {
  const record = { ...span('a', undefined, [0, 1]), observedTimeUnixNano: '0', timeUnixNano: '1700000000123456789', severityNumber: 17 };

  it('has level, service, message and attributes, further lines indented, and runs no control character', () => {
    const log = {
      ...record,
      body: { stringValue: 'failed\n  at x\u001b[2J' },
      attributes: [{ key: 'a b', value: { stringValue: 'c d' } }],
    };
    expect(formatLog(log, plain)).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.123 ERROR gateway failed\n {6}at x\\u001b\[2J a b="c d" trace=abab/,
    );
  });

  it('is coloured where colours are asked for, and not with NO_COLOR', () => {
    const forced = createTerminal(new PassThrough(), { FORCE_COLOR: '1' });
    expect(formatLog(record, forced)).toContain('\u001b[31mERROR\u001b[39m');
    expect(formatLog(record, createTerminal(new PassThrough(), { FORCE_COLOR: '1', NO_COLOR: '1' }))).not.toContain('\u001b');
  });
});

it('fits a text into columns by what it takes on the screen', () => {
  expect(fit('abc', 5)).toBe('abc  ');
  expect(fit('abcdef', 5)).toBe('abcd…');
  expect(fit('한국어', 5)).toBe('한국…');
  expect(fit('한국어', 6)).toBe('한국어');
  expect(fit('한국어', 4)).toBe('한… ');
});
