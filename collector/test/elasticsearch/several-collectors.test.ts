import { afterEach, describe, expect, it } from 'vitest';
import { describeTemplate, templateId } from '../../src/storage/patterns/template-text.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, BASE_NANOS, buildLog, SECOND_NANOS } from '../storage-contract/builders.ts';
import { poll } from '../storage-contract/reading.ts';
import { text } from '../storage-contract/values.ts';
import { newTenant, readContext, startStorage } from './reading.ts';

const NAMES = 'alice bora chul dana emre fatou gina hyun ines jiho kofi lena minji nora omar petra quang rosa sora timo'.split(' ');
const HOUR = { fromNanos: BASE_NANOS, toNanos: BASE_NANOS + 3_600n * SECOND_NANOS };

describe('patterns of logs that several collectors wrote', () => {
  const started: Storage[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((storage) => storage.shutdown()));
  });

  it('are one where one collector has seen that a word varies, whoever wrote the others, and are found by one id at each', async () => {
    const tenant = newTenant('patterns');
    for (let index = 0; index < 4; index += 1) started.push(await startStorage());
    for (const [part, storage] of started.entries()) {
      // The first one has many, the others too few to see it.
      const own = NAMES.filter((_, index) => (index < 12 ? 0 : 1 + (index % 3)) === part);
      const logs = own.map((name, index) =>
        buildLog(`${part}-${index}`, { timeUnixNano: at(index), body: text(`user ${name} logged in`) }),
      );
      await storage.writeLogs(tenant, logs);
    }
    const ids = new Set<string>();
    for (const storage of started) {
      const read = () =>
        storage.logPatterns(
          { query: { type: 'all' }, range: HOUR, widthNanos: 60n * SECOND_NANOS, order: 'count', limit: 10 },
          readContext(tenant),
        );
      await poll(async () => (await read()).total === NAMES.length);
      const { patterns } = await read();
      expect(patterns.map(({ template, count }) => [describeTemplate(template), count])).toEqual([['user <any> logged in', NAMES.length]]);
      const id = templateId(patterns[0]?.template ?? '');
      ids.add(id);
      const ofPattern = { type: 'equals', field: { type: 'record', name: 'pattern' }, value: id } as const;
      const found = await storage.searchLogs({ query: ofPattern, range: HOUR, order: 'asc', limit: 100 }, readContext(tenant));
      expect(found.rows).toHaveLength(NAMES.length);
    }
    expect(ids.size).toBe(1);
  });
});
