import { expect, it } from 'vitest';
import { readableLine } from './readable-line.ts';

it('shows time, level, message, metadata and the id in one line, and a stack below', () => {
  const record = {
    level: 'warn',
    message: 'slow',
    timestamp: '2026-11-23T10:11:12.345Z',
    orderId: 7,
    tags: ['a'],
    trace_id: 't',
    correlation_id: 'c-1',
  };
  expect(readableLine(record)).toBe("10:11:12.345 WARN  slow orderId=7 tags=[ 'a' ] [c-1]");
  expect(readableLine({ level: 'error', message: 'x', stack: 'Error: x\n    at y' })).toBe(' ERROR x\nError: x\n    at y');
});
