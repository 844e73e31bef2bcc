import { expect, it } from 'vitest';
import { createWarnings } from './warnings.ts';

it('writes at most one line a minute and adds up what was lost in between', () => {
  let nowMillis = 0;
  const lines: string[] = [];
  const warnings = createWarnings({ endpoint: 'http://c:1', write: (line) => void lines.push(line), nowMillis: () => nowMillis });
  warnings.retrying('ECONNREFUSED');
  warnings.dropped('spans', 3, 'full');
  warnings.dropped('log records', 2, 'full');
  nowMillis = 59_999;
  warnings.dropped('spans', 4, 'full');
  nowMillis = 60_000;
  warnings.dropped('spans', 1, 'full');
  expect(lines).toEqual([
    'threadline: the collector at http://c:1 takes nothing now (ECONNREFUSED); sending again later',
    'threadline: telemetry for http://c:1 was dropped: full; lost since the last warning: 8 spans, 2 log records',
  ]);
});
