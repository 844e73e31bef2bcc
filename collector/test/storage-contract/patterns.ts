import type { QueryNode } from '@threadline/query-language';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyValue } from '../../src/api/index.ts';
import { describeTemplate, NO_TEMPLATE, type TemplateText, templateId } from '../../src/storage/patterns/template-text.ts';
import type { PatternsRequest, PatternsResult } from '../../src/storage/storage.ts';
import { at, BASE_NANOS, buildLog, SECOND_NANOS } from './builders.ts';
import { ALL, readContext, writeAndAwait } from './reading.ts';
import type { ContractContext } from './storage-contract.ts';
import { int, map, text } from './values.ts';

const NAMES = 'alice bora chul dana emre fatou gina hyun ines jiho kofi lena minji nora omar'.split(' ');
const HOUR = { fromNanos: BASE_NANOS, toNanos: BASE_NANOS + 3_600n * SECOND_NANOS };
const MINUTE_NANOS = 60n * SECOND_NANOS;
const EVERYTHING: PatternsRequest = { query: ALL, range: HOUR, widthNanos: MINUTE_NANOS, order: 'count', limit: 1_000 };

interface Line {
  /** As `describeTemplate` writes it; empty for none. */
  readonly pattern: string;
  readonly body?: AnyValue;
  readonly service?: string;
  readonly severityNumber?: number;
}

const lines: readonly Line[] = [
  ...Array.from({ length: 30 }, (_, index) => ({
    pattern: 'order <num> was paid',
    body: text(`order ${index} was paid`),
    severityNumber: 9,
  })),
  ...NAMES.map((name) => ({ pattern: 'user <any> logged in', body: text(`user ${name} logged in`), severityNumber: 9 })),
  ...NAMES.map((name) => ({ pattern: 'user <any> logged in', body: text(`user ${name} logged in`), service: 'accounts' })),
  ...Array.from({ length: 7 }, (_, index) => ({
    pattern: 'connection to <ip> lost after <num>',
    body: text(`connection to 10.0.0.${index}:5432 lost after ${index * 30}ms`),
    severityNumber: index % 2 === 0 ? 17 : 13,
    service: index < 3 ? 'orders' : 'payments',
  })),
  ...Array.from({ length: 4 }, (_, index) => ({ pattern: '주문 <num>건 접수', body: text(`주문 ${index + 1}건 접수`) })),
  ...Array.from({ length: 3 }, (_, index) => ({
    pattern: 'TypeError: x is not a function<rest>',
    body: text(`TypeError: x is not a function\n    at run (/app/${index}.js:1:${index})`),
    severityNumber: 17,
  })),
  { pattern: 'the disk is full', body: text('the disk is full'), severityNumber: 21 },
  { pattern: '{"level":<num>,"msg":"paid"}', body: text('{"level":30,"msg":"paid"}'), service: '' },
  { pattern: '<id><rest>', body: text('x'.repeat(20_000)) },
  { pattern: '' },
  { pattern: '', body: text('') },
  { pattern: '', body: int('5') },
  { pattern: '', body: map({ text: text('in a map') }) },
];

/** Records of one template, counted as they were made. */
interface Expected {
  readonly pattern: string;
  readonly count: number;
  readonly levels: Record<string, number>;
  readonly services: Record<string, number>;
  readonly minutes: Record<string, number>;
}

export function describePatterns({ storage, newTenant }: ContractContext): void {
  describe('patterns', () => {
    const tenant = newTenant('patterns');
    const logs = lines.map(({ body, service = 'orders', severityNumber = 0 }, index) =>
      buildLog(`p${String(index).padStart(3, '0')}`, {
        timeUnixNano: at(index * 17),
        service,
        ...(body && { body }),
        ...(severityNumber > 0 && { severityNumber }),
      }),
    );
    const patternsOf = (request: Partial<PatternsRequest> = {}): Promise<PatternsResult> =>
      storage().logPatterns({ ...EVERYTHING, ...request }, readContext(tenant));
    const search = (query: QueryNode) => storage().searchLogs({ query, range: HOUR, order: 'asc', limit: 1_000 }, readContext(tenant));
    const ofTemplate = (id: string): QueryNode => ({ type: 'equals', field: { type: 'record', name: 'pattern' }, value: id });
    /** Ids of the records whose line is of the pattern. */
    const idsOf = (pattern: string): string[] => logs.filter((_, index) => lines[index]?.pattern === pattern).map(({ id }) => id);

    beforeAll(async () => {
      // In several calls, so that what is learned in one is there in the next; the last ones have what the first ones had.
      for (let start = 0; start < logs.length; start += 10) await writeAndAwait(storage(), tenant, { logs: logs.slice(start, start + 10) });
    });

    it('count every record once, by level, service and time', async () => {
      const { total, patternCount, patterns, partial } = await patternsOf();
      expect(partial).toBeUndefined();
      expect(total).toBe(logs.length);
      const found = patterns.map(({ template, count, levels, services, buckets }) => ({
        pattern: describeTemplate(template),
        count,
        levels: Object.fromEntries(levels.map((level) => [level.level, level.count])),
        services: Object.fromEntries(services.map((service) => [service.name, service.count])),
        minutes: Object.fromEntries(buckets.map(({ bucket, count: own }) => [String(bucket - BASE_NANOS / MINUTE_NANOS), own])),
      }));
      expect(found.sort(byPattern)).toEqual(expectedPatterns(logs).sort(byPattern));
      expect(patternCount).toBe(patterns.length - 1);
    });

    it('have their newest record as an example, whatever was learned from the ones before', async () => {
      for (const { template, example } of (await patternsOf()).patterns) {
        expect(idsOf(describeTemplate(template)).at(-1)).toBe(example.id);
        const body = logs.find(({ id }) => id === example.id)?.record.body?.stringValue ?? '';
        expect(example.message).toBe(body.slice(0, 1_000));
      }
    });

    it('are those of the records that match', async () => {
      const count = async (query: QueryNode) =>
        (await patternsOf({ query })).patterns.map((one) => `${describeTemplate(one.template)} ${one.count}`);
      expect(await count({ type: 'phrase', words: ['alice'] })).toEqual(['user <any> logged in 2']);
      expect(await count({ type: 'levels', levels: ['FATAL'] })).toEqual(['the disk is full 1']);
      expect(await count({ type: 'none' })).toEqual([]);
    });

    it('are those of the range', async () => {
      const range = { fromNanos: BASE_NANOS + 17n * SECOND_NANOS, toNanos: BASE_NANOS + 4n * 17n * SECOND_NANOS };
      const { total, patterns } = await patternsOf({ range });
      expect(total).toBe(3);
      expect(patterns.map(({ count }) => count)).toEqual([3]);
      expect((await patternsOf({ range: { fromNanos: BASE_NANOS, toNanos: BASE_NANOS } })).patterns).toEqual([]);
    });

    it('come most first, or fewest first with those without a template last, of as many the more severe first', async () => {
      const most = await patternsOf({ limit: 2 });
      expect(most.patterns.map(({ count }) => count)).toEqual([30, 30]);
      expect(most.patternCount).toBe(new Set(lines.map(({ pattern }) => pattern)).size - 1);
      expect(most.total).toBe(logs.length);
      const rare = (await patternsOf({ order: 'rare' })).patterns;
      expect(rare.slice(0, 4).map(({ count }) => count)).toEqual([1, 1, 1, 3]);
      expect(rare.at(-1)?.template).toBe(NO_TEMPLATE);
      expect(rare.slice(0, 3).map(({ template }) => describeTemplate(template))).toEqual([
        'the disk is full',
        '<id><rest>',
        '{"level":<num>,"msg":"paid"}',
      ]);
    });

    it.each([...new Set(lines.map(({ pattern }) => pattern))])('are found by their id, and left out: %s', async (pattern) => {
      const template = (await patternsOf()).patterns.find((one) => describeTemplate(one.template) === pattern)?.template;
      const id = templateId(template ?? '');
      expect((await search(ofTemplate(id))).rows.map(({ key }) => key.id)).toEqual(idsOf(pattern));
      expect((await search({ type: 'not', child: ofTemplate(id) })).rows).toHaveLength(logs.length - idsOf(pattern).length);
      expect((await patternsOf({ query: ofTemplate(id) })).patterns.map((one) => one.template)).toEqual([template]);
    });

    it('are found by the id that they had before they became more general', async () => {
      const special: TemplateText = 'user alice logged in';
      // Each service's first one came as a template of its own.
      const first = logs.filter(({ message }) => message === special).map(({ id }) => id);
      expect((await search(ofTemplate(templateId(special)))).rows.map(({ key }) => key.id)).toEqual(first);
      expect((await search(ofTemplate('0123456789abcdef'))).rows).toEqual([]);
    });

    it('are no others in another tenant', async () => {
      expect(await storage().logPatterns(EVERYTHING, readContext(newTenant('patternsother')))).toEqual({
        total: 0,
        patternCount: 0,
        patterns: [],
      });
    });
  });
}

function expectedPatterns(logs: readonly ReturnType<typeof buildLog>[]): Expected[] {
  const found = new Map<string, Expected>();
  for (const [index, log] of logs.entries()) {
    const pattern = lines[index]?.pattern ?? '';
    const { count, levels, services, minutes } = found.get(pattern) ?? { count: 0, levels: {}, services: {}, minutes: {} };
    found.set(pattern, {
      pattern,
      count: count + 1,
      levels: plusOne(levels, log.level),
      services: log.service === '' ? services : plusOne(services, log.service),
      minutes: plusOne(minutes, String(log.timeNanos / MINUTE_NANOS - BASE_NANOS / MINUTE_NANOS)),
    });
  }
  return [...found.values()];
}

function plusOne(counts: Record<string, number>, key: string): Record<string, number> {
  return { ...counts, [key]: (counts[key] ?? 0) + 1 };
}

function byPattern(left: { readonly pattern: string }, right: { readonly pattern: string }): number {
  return left.pattern < right.pattern ? -1 : left.pattern > right.pattern ? 1 : 0;
}
