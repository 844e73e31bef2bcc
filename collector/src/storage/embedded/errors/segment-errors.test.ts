import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { indexLog, indexSpan } from '../../../model/indexed-record.ts';
import { ErrorLimits } from '../../errors/error-limits.ts';
import type { ErrorsRequest } from '../../errors/errors.ts';
import type { TableName } from '../layout.ts';
import { RowBuffer } from '../rows/row-buffer.ts';
import { mergeSegments } from '../segments/merge-segments.ts';
import { OpenSegments } from '../segments/open-segments.ts';
import type { SegmentName } from '../segments/segment-index.ts';
import { encodeGroup, writeSegment } from '../segments/write-segment.ts';
import { SegmentErrors } from './segment-errors.ts';

const BASE_NANOS = 1_795_168_800_000_000_000n;
const REQUEST: ErrorsRequest = {
  range: { fromNanos: BASE_NANOS, toNanos: BASE_NANOS + 1_000_000_000_000n },
  widthNanos: 1_000_000_000n,
  order: 'count',
  limit: 100,
};
const ERRORS = 30;

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const exceptionOf = (type: string) => [
  text('exception.type', type),
  text('exception.stacktrace', `${type}: no\n    at place (/app/src/orders.js:1:1)`),
];
const common = (call: number) => ({
  traceId: String(call + 1).padStart(32, '0'),
  spanId: '1'.repeat(16),
  arrivalTimeUnixNano: '1795168900000000000',
  resource: { attributes: [text('service.name', 'shop'), text('service.version', `1.${call % 2}.0`)] },
  scope: { attributes: [] },
});
const time = (call: number): string => String(BASE_NANOS + BigInt(call) * 1_000_000_000n);

/** Spans that fail, with two that do not between them. */
function spansOf(type: string, calls = ERRORS) {
  return Array.from({ length: calls * 3 }, (_, call) =>
    indexSpan({
      ...common(call),
      id: `${type} span ${call}`,
      name: 'GET',
      kind: 2,
      startTimeUnixNano: time(call),
      endTimeUnixNano: time(call + 1),
      attributes: [],
      ...(call % 3 === 0 && { events: [{ timeUnixNano: time(call), name: 'exception', attributes: exceptionOf(type) }] }),
    }),
  );
}

/** Logs of the same, and some that say nothing. */
function logsOf(type: string) {
  return Array.from({ length: ERRORS * 3 }, (_, call) =>
    indexLog({
      ...common(call),
      id: `${type} log ${call}`,
      timeUnixNano: time(call),
      observedTimeUnixNano: '0',
      attributes: call % 3 === 0 ? exceptionOf(type) : [text('route', '/')],
    }),
  );
}

describe('SegmentErrors', () => {
  let directory = '';
  let segments: OpenSegments;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'threadline-errors-'));
    segments = new OpenSegments(directory, () => undefined);
    await write(spans(1), (buffer) => buffer.addSpans('default', spansOf('A')));
    await write(spans(2), (buffer) => buffer.addSpans('default', spansOf('B')));
    await write(logs(3), (buffer) => buffer.addLogs('default', logsOf('A')));
    await write(logs(4), (buffer) =>
      buffer.addLogs(
        'default',
        logsOf('A').filter((_, number) => number % 3 !== 0),
      ),
    );
  });
  afterEach(async () => {
    segments.close();
    await rm(directory, { recursive: true, force: true });
  });

  const spans = (id: number): SegmentName => ({ table: 'spans', id });
  const logs = (id: number): SegmentName => ({ table: 'logs', id });
  const ALL = [spans(1), spans(2), logs(3), logs(4)];
  async function write(name: SegmentName, fill: (buffer: RowBuffer) => void): Promise<void> {
    const buffer = new RowBuffer(name.table satisfies TableName);
    fill(buffer);
    await writeSegment(directory, { ...name, from: name.id, to: name.id, replaces: [] }, groupsOf(buffer));
    segments.change([name], []);
  }
  async function* groupsOf(buffer: RowBuffer) {
    yield await encodeGroup(buffer.finish());
  }
  function load(openErrors?: number, names: readonly SegmentName[] = ALL): SegmentErrors {
    const errors = new SegmentErrors(directory, segments, openErrors === undefined ? {} : { openErrors });
    errors.load(names);
    return errors;
  }
  const read = (errors: SegmentErrors, tenant = 'default') =>
    errors
      .read(REQUEST, tenant, () => undefined)
      .groups.map(({ type, count, versions }) => `${type} ${count} ${versions.map(({ version }) => version).join()}`);
  const errorFiles = async () => (await readdir(directory)).filter((file) => file.endsWith('.errors')).sort();
  const EXPECTED = [`A ${ERRORS} 1.0.0,1.1.0`, `B ${ERRORS} 1.0.0,1.1.0`];

  it('counts what spans and logs say, over segments, each error once', () => {
    expect(read(load()).sort()).toEqual(EXPECTED);
    expect(read(load(), 'other')).toEqual([]);
  });

  it('comes to the same when segments come one by one', () => {
    const errors = load(undefined, []);
    for (const name of ALL.toReversed()) errors.change([name], []);
    expect(read(errors).sort()).toEqual(EXPECTED);
  });

  it('keeps those beyond a number in files, from which they come back, and none of segments without errors', async () => {
    expect(read(load()).sort()).toEqual(EXPECTED);
    expect(await errorFiles()).toEqual([]);
    expect(read(load(0)).sort()).toEqual(EXPECTED);
    expect(await errorFiles()).toEqual(['logs-0000000003.errors', 'spans-0000000001.errors', 'spans-0000000002.errors']);
    expect(read(load()).sort()).toEqual(EXPECTED);
  });

  it('works out again what is damaged or lost', async () => {
    load(0);
    const file = join(directory, 'spans-0000000002.errors');
    const bytes = await readFile(file);
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
    await writeFile(file, bytes);
    await writeFile(join(directory, 'logs-0000000003.errors'), '');
    await rm(join(directory, 'spans-0000000001.errors'));
    expect(read(load()).sort()).toEqual(EXPECTED);
  });

  it.each([Number.POSITIVE_INFINITY, 0])('stays as it is when segments are merged, with %d errors in memory', async (openErrors) => {
    const errors = load(openErrors);
    const inputs = [1, 2].flatMap((id) => segments.segment(spans(id)) ?? []);
    await mergeSegments(directory, inputs, { ...spans(5), from: 1, to: 2, replaces: [1, 2] });
    segments.change([spans(5)], []);
    errors.change([spans(5)], [spans(1), spans(2)]);
    segments.change([], [spans(1), spans(2)]);
    expect(read(errors).sort()).toEqual(EXPECTED);
    expect(await errorFiles()).toEqual(
      openErrors === 0 ? ['logs-0000000003.errors', 'spans-0000000005.errors'] : ['spans-0000000005.errors'],
    );
    expect(read(load(undefined, [spans(5), logs(3), logs(4)])).sort()).toEqual(EXPECTED);
  });

  it('goes with its segment', async () => {
    const errors = load(0);
    errors.change([], [spans(2)]);
    expect(read(errors)).toEqual(EXPECTED.slice(0, 1));
    errors.change([], [spans(1), logs(3), logs(4)]);
    expect(read(errors)).toEqual([]);
    expect(await errorFiles()).toEqual([]);
  });

  it('deletes at a start what is left of segments that are gone', async () => {
    await writeFile(join(directory, 'spans-0000000009.errors'), 'left behind');
    load();
    expect(await errorFiles()).toEqual([]);
  });

  it('counts groups beyond the bound together, and says so', async () => {
    await write(spans(6), (buffer) =>
      buffer.addSpans(
        'default',
        Array.from({ length: 1_100 }, (_, number) => spansOf(`Wild${'x'.repeat(number % 11)}${number}`, 1)[0]).flatMap(
          (span) => span ?? [],
        ),
      ),
    );
    const errors = new SegmentErrors(directory, segments, { limits: new ErrorLimits(() => 0) });
    errors.load([spans(6)]);
    const { total, groupCount, groups } = errors.read({ ...REQUEST, limit: 2_000 }, 'default', () => undefined);
    expect({ groupCount, others: groups.at(-1)?.fingerprint }).toEqual({ groupCount: 1_000, others: 'other' });
    expect(total).toBeGreaterThan(1_000);
    expect(errors.others()).toMatchObject([
      { service: 'shop', count: 100, examples: [expect.stringContaining('Wild'), expect.any(String), expect.any(String)] },
    ]);
  });
});
