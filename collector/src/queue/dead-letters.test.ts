import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ThreadlineError } from '../errors.ts';
import { indexLog } from '../model/indexed-record.ts';
import type { IndexedLog } from '../model/record.ts';
import { DeadLetters } from './dead-letters.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'threadline-dead-letters-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

function logOf(id: string, message = `secret of ${id}`): IndexedLog {
  return indexLog({
    id,
    timeUnixNano: '1',
    observedTimeUnixNano: '1',
    arrivalTimeUnixNano: '1',
    body: { stringValue: message },
    attributes: [],
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'payments' } }] },
    scope: { attributes: [] },
  });
}

const refusal = (message: string): ThreadlineError => new ThreadlineError('internal', message);
const numbersOf = async (letters: DeadLetters, request: { before?: number; limit: number }): Promise<number[]> =>
  (await letters.list(request)).map(({ number }) => number);

describe('dead letters', () => {
  it('are listed newest first, page by page, with the reason and without the record', async () => {
    const letters = await DeadLetters.open(directory);
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => letters.add('default', logOf(id), refusal(`no ${id}`))));
    expect(await numbersOf(letters, { limit: 2 })).toEqual([5, 4]);
    expect(await numbersOf(letters, { before: 4, limit: 2 })).toEqual([3, 2]);
    expect(await numbersOf(letters, { before: 2, limit: 2 })).toEqual([1]);
    expect(await numbersOf(letters, { before: 1, limit: 2 })).toEqual([]);
    const [last] = await letters.list({ limit: 1 });
    expect(last).toEqual({
      number: 5,
      atUnixNano: expect.stringMatching(/^\d{19}$/),
      tenant: 'default',
      signal: 'logs',
      recordId: 'e',
      service: 'payments',
      reason: 'no e',
    });
  });

  it('hold the record, whatever is in it', async () => {
    const letters = await DeadLetters.open(directory);
    const log = logOf('tricky', 'a ","record":{"x":1}} b\nc');
    await letters.add('default', log, refusal('says ,"record": too'));
    expect(await letters.list({ limit: 5 })).toMatchObject([{ recordId: 'tricky', reason: 'says ,"record": too' }]);
    const [line = ''] = (await readFile(join(directory, 'records.ndjson'), 'utf8')).split('\n');
    expect(JSON.parse(line)).toMatchObject({ recordId: 'tricky', record: log.record });
  });

  it('are the same after a restart, counted by reason, and numbered on', async () => {
    const first = await DeadLetters.open(directory);
    for (const [id, reason] of [
      ['a', 'one'],
      ['b', 'two'],
      ['c', 'one'],
    ] as const)
      await first.add('default', logOf(id), refusal(reason));
    const second = await DeadLetters.open(directory);
    expect(second.count).toEqual({ kept: 3, total: 3 });
    expect(second.reasons).toMatchObject([
      { reason: 'one', count: 2 },
      { reason: 'two', count: 1 },
    ]);
    // The storage refuses it again when a crash made it come again.
    await second.add('default', logOf('c'), refusal('one'));
    await second.add('default', logOf('d'), refusal('two'));
    expect(await numbersOf(second, { limit: 10 })).toEqual([4, 3, 2, 1]);
    expect(second.reasons).toMatchObject([
      { reason: 'two', count: 2 },
      { reason: 'one', count: 2 },
    ]);
  });

  it('lose only what a crash cut off, and lines that are none of theirs', async () => {
    const first = await DeadLetters.open(directory);
    await first.add('default', logOf('a'), refusal('one'));
    const path = join(directory, 'records.ndjson');
    await appendFile(path, 'of an operator\n{"number":2,"atUnixNano":"1","rea');
    const second = await DeadLetters.open(directory);
    expect(second.count).toEqual({ kept: 1, total: 1 });
    await second.add('default', logOf('b'), refusal('two'));
    const third = await DeadLetters.open(directory);
    expect(await numbersOf(third, { limit: 10 })).toEqual([2, 1]);
    expect(await readFile(path, 'utf8')).toMatch(/\n$/);
  });

  it('keep two files of a bounded size, the newest in them', async () => {
    const letters = await DeadLetters.open(directory);
    const large = 'x'.repeat(12 * 1024 * 1024);
    for (let count = 0; count < 9; count += 1) await letters.add('default', logOf(`log-${count}`, large), refusal('too much'));
    expect(letters.count).toEqual({ kept: 6, total: 9 });
    expect(await numbersOf(letters, { limit: 10 })).toEqual([9, 8, 7, 6, 5, 4]);
    expect((await stat(join(directory, 'records.1.ndjson'))).size).toBeLessThan(48 * 1024 * 1024);
    const again = await DeadLetters.open(directory);
    expect(await numbersOf(again, { before: 8, limit: 3 })).toEqual([7, 6, 5]);
    expect(again.count).toEqual({ kept: 6, total: 9 });
  }, 60_000);

  it('say of a fault that is not in our words only its kind', async () => {
    const letters = await DeadLetters.open(directory);
    await letters.add('default', logOf('a'), new TypeError('cannot convert "secret"'));
    const [letter] = await letters.list({ limit: 1 });
    expect(letter?.reason).toContain('TypeError');
    expect(letter?.reason).not.toContain('secret');
  });
});
