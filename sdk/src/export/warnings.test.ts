import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createWarnings, type Warnings } from './warnings.ts';

const AWAY = 'threadline: the collector at http://c:1 takes nothing now (ECONNREFUSED); sending again later';

let lines: string[] = [];
let warnings: Warnings;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  lines = [];
  warnings = createWarnings({ endpoint: 'http://c:1', write: (line) => void lines.push(line), nowMillis: () => performance.now() });
});
afterEach(() => void vi.useRealTimers());

it('writes at most one line a minute and adds up what was lost in between', () => {
  warnings.retrying('ECONNREFUSED');
  warnings.dropped('spans', 3, 'full');
  warnings.dropped('log records', 2, 'full');
  vi.advanceTimersByTime(59_999);
  warnings.dropped('spans', 5, 'full');
  expect(lines).toEqual([AWAY]);
  vi.advanceTimersByTime(1);
  expect(lines).toEqual([
    AWAY,
    'threadline: telemetry for http://c:1 was dropped: full; lost since the last warning: 8 spans, 2 log records',
  ]);
});

it('tells the last problem and the last reason of a loss with the next line, and that the collector was away only while it is', () => {
  warnings.retrying('ECONNREFUSED');
  warnings.noted('the disk is full');
  warnings.dropped('spans', 1, 'no room');
  warnings.retrying('ECONNREFUSED');
  vi.advanceTimersByTime(60_000);
  vi.advanceTimersByTime(60_000);
  warnings.retrying('ECONNREFUSED');
  expect(lines).toEqual([
    AWAY,
    'threadline: the disk is full; telemetry for http://c:1 was dropped: no room; lost since the last warning: 1 spans',
    AWAY,
  ]);
});

it('tells at the end what was not told yet, once', () => {
  warnings.tellRest();
  warnings.retrying('ECONNREFUSED');
  warnings.tellRest();
  warnings.dropped('log records', 50, 'the process ended');
  warnings.tellRest();
  warnings.tellRest();
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual([
    AWAY,
    'threadline: telemetry for http://c:1 was dropped: the process ended; lost since the last warning: 50 log records',
  ]);
});
