import { describe, expect, it } from 'vitest';
import { logRecord, span } from './record-fixtures.ts';
import { spanMarks } from './span-marks.ts';
import { buildTraceTree } from './trace-tree.ts';

describe('spanMarks', () => {
  const events = [{ timeUnixNano: '1600', name: 'exception', attributes: [] }];
  const logs = [
    ...Array.from({ length: 1_000 }, (_, index) => logRecord({ id: `i${index}`, spanId: 'a', timeUnixNano: '1500', severityNumber: 9 })),
    logRecord({ id: 'e', spanId: 'a', timeUnixNano: '1500', severityNumber: 17 }),
    logRecord({ id: 'w', spanId: 'a', timeUnixNano: '1900', severityNumber: 13 }),
  ];
  const tree = buildTraceTree({ spans: [span({ spanId: 'a', events })], logs, unfinished: [], loaded: true });

  it('show the gravest record of each place, and exceptions as errors', () => {
    expect(spanMarks(tree, 0)).toEqual([
      { type: 'log', nanos: 500, level: 'ERROR' },
      { type: 'log', nanos: 900, level: 'WARN' },
      { type: 'event', nanos: 600, level: 'ERROR' },
    ]);
  });

  it('are none for a record’s own row', () => {
    expect(spanMarks(tree, 1)).toEqual([]);
  });
});
