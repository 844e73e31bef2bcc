import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { indexSpan } from '../../../model/indexed-record.ts';
import { FigureSet } from '../../figures/figure-set.ts';
import type { FigureType } from '../../figures/figures.ts';
import { RowBuffer } from '../rows/row-buffer.ts';
import { mergeSegments } from '../segments/merge-segments.ts';
import { OpenSegments } from '../segments/open-segments.ts';
import type { SegmentName } from '../segments/segment-index.ts';
import { encodeGroup, writeSegment } from '../segments/write-segment.ts';
import { readFigures, writeFigures } from './figure-file.ts';
import { SegmentFigures } from './segment-figures.ts';

const TYPES: readonly FigureType[] = ['service', 'operation', 'call', 'peer', 'instance', 'entry'];
const CALLS = 40;

/** Of each call the caller's span, or the called one's. */
function spansOf(service: 'caller' | 'called') {
  return Array.from({ length: CALLS }, (_, call) =>
    indexSpan({
      id: `${service} ${call}`,
      traceId: String(call + 1).padStart(32, '0'),
      spanId: (service === 'caller' ? '1' : '2').repeat(16),
      ...(service === 'called' && { parentSpanId: '1'.repeat(16) }),
      name: service,
      kind: service === 'caller' ? 3 : 2,
      startTimeUnixNano: String(1_795_168_800_000_000_000n + BigInt(call) * 1_000_000_000n),
      endTimeUnixNano: String(1_795_168_800_500_000_000n + BigInt(call) * 1_000_000_000n),
      arrivalTimeUnixNano: '1795168900000000000',
      attributes: [{ key: 'server.address', value: { stringValue: 'called.local' } }],
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: service } },
          { key: 'service.version', value: { stringValue: '1.2.3' } },
          { key: 'deployment.environment.name', value: { stringValue: 'europe' } },
          { key: 'service.instance.id', value: { stringValue: `${service}-${call % 2}` } },
        ],
      },
      scope: { attributes: [] },
    }),
  );
}

describe('SegmentFigures', () => {
  let directory = '';
  let segments: OpenSegments;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'threadline-figures-'));
    segments = new OpenSegments(directory, () => undefined);
    // What is called comes first.
    await write(1, 'called');
    await write(2, 'caller');
  });
  afterEach(async () => {
    segments.close();
    await rm(directory, { recursive: true, force: true });
  });

  const name = (id: number): SegmentName => ({ table: 'spans', id });
  async function write(id: number, service: 'caller' | 'called'): Promise<void> {
    const buffer = new RowBuffer('spans');
    buffer.addSpans('default', spansOf(service));
    await writeSegment(directory, { ...name(id), from: id, to: id, replaces: [] }, groupsOf(buffer));
    segments.change([name(id)], []);
  }
  async function* groupsOf(buffer: RowBuffer) {
    yield await encodeGroup(buffer.finish());
  }
  function load(openRows?: number): SegmentFigures {
    const figures = new SegmentFigures(directory, segments, openRows === undefined ? {} : { openRows });
    figures.load([1, 2].map(name));
    return figures;
  }
  const read = (figures: SegmentFigures, types = TYPES) => {
    const { figures: all } = figures.read({ range: {}, types }, 'default', () => undefined);
    return all.map(({ key, counts }) => `${JSON.stringify(key)} ${counts.spans}`).sort();
  };
  const figureFiles = async () => (await readdir(directory)).filter((file) => file.endsWith('.figures'));

  it('are the same when they are worked out as segments come and when they are all there', () => {
    const expected = read(load());
    const figures = new SegmentFigures(directory, segments);
    figures.load([]);
    figures.change([name(1)], []);
    figures.change([name(2)], []);
    expect(read(figures)).toEqual(expected);
    expect(read(figures, ['call'])).toEqual([
      `{"type":"call","service":"called","caller":"caller","protocol":"other","host":"called.local"} ${CALLS}`,
    ]);
    expect(read(figures, ['instance'])).toContain(
      `{"type":"instance","service":"called","namespace":"","version":"1.2.3","environment":"europe","instance":"called-0"} ${CALLS / 2}`,
    );
  });

  it('of the oldest are kept in files, from which they come back', async () => {
    const expected = read(load());
    expect(await figureFiles()).toEqual([]);
    expect(read(load(CALLS))).toEqual(expected);
    expect(await figureFiles()).toEqual(['spans-0000000001.figures']);
    expect(read(load(0))).toEqual(expected);
    expect(await figureFiles()).toHaveLength(2);
    // Their spans are not looked at for it.
    expect(read(load(CALLS))).toEqual(expected);
  });

  it.each([{}, { version: 1 }, { version: 3 }])('are worked out again where a file is of another version: %o', async (version) => {
    const expected = read(load(0));
    const { figures = new FigureSet() } = readFigures(directory, name(1)) ?? {};
    const { series, ...stored } = figures.stored();
    const other = { ...stored, version: undefined, ...version, series: series.filter(({ key }) => key.type !== 'entry') };
    writeFigures(directory, name(1), Object.assign(new FigureSet(), { stored: () => other }));
    expect(readFigures(directory, name(1))).toBeUndefined();
    expect(read(load())).toEqual(expected);
  });

  it('are worked out again where a file is damaged or lost', async () => {
    const expected = read(load(), ['operation', 'instance']);
    load(0);
    const file = join(directory, 'spans-0000000002.figures');
    const bytes = await readFile(file);
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
    await writeFile(file, bytes);
    await rm(join(directory, 'spans-0000000001.figures'));
    expect(read(load(), ['operation', 'instance'])).toEqual(expected);
  });

  it.each([Number.POSITIVE_INFINITY, CALLS, 0])('stay as they are when segments are merged, with %d spans in memory', async (openRows) => {
    const figures = load(openRows);
    const expected = read(figures);
    const inputs = [1, 2].flatMap((id) => segments.segment(name(id)) ?? []);
    await mergeSegments(directory, inputs, { ...name(3), from: 1, to: 2, replaces: [1, 2] });
    segments.change([name(3)], []);
    figures.change([name(3)], [name(1), name(2)]);
    expect(read(figures)).toEqual(expected);
    expect(await figureFiles()).toEqual(openRows > 2 * CALLS ? [] : ['spans-0000000003.figures']);
  });

  it('go with their segment', async () => {
    const figures = load(0);
    figures.change([], [name(2)]);
    expect(read(figures, ['service'])).toEqual([`{"type":"service","service":"called"} ${CALLS}`]);
    figures.change([], [name(1)]);
    expect(read(figures)).toEqual([]);
    expect(await figureFiles()).toEqual([]);
  });

  it('of segments that are gone are deleted at a start', async () => {
    await writeFile(join(directory, 'spans-0000000009.figures'), 'left behind');
    load();
    expect(await figureFiles()).toEqual([]);
  });
});
