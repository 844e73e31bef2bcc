import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadContext } from '../storage.ts';
import { type Database, openDatabase } from './database.ts';
import { ReadPool, type RunStatement } from './read-pool.ts';
import { SqlParameters } from './sql-parameters.ts';

/** Hours of work: whoever gets an answer from it within a test was interrupted. */
const ENDLESS = 'SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 3';
const endless = (run: RunStatement) => run(ENDLESS, new SqlParameters());
const one = (run: RunStatement) => run('SELECT 1', new SqlParameters());
const context = (overrides: Partial<ReadContext> = {}): ReadContext => ({
  tenant: 'default',
  deadline: performance.now() + 60_000,
  signal: new AbortController().signal,
  ...overrides,
});

describe('ReadPool', () => {
  let directory = '';
  let database: Database;
  let pool: ReadPool;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'threadline-reads-'));
    database = await openDatabase(directory);
    pool = new ReadPool(database);
  });
  afterAll(async () => {
    await pool.close();
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('interrupts a statement that runs when its deadline passes', async () => {
    await expect(pool.read(context({ deadline: performance.now() + 100 }), endless)).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });

  it('interrupts a statement that runs when its reader goes', async () => {
    const controller = new AbortController();
    const reading = pool.read(context({ signal: controller.signal }), endless);
    controller.abort(new Error('gone'));
    await expect(reading).rejects.toThrow('gone');
  });

  it('runs two at once; a third waits, and its own deadline counts while it does', async () => {
    const controller = new AbortController();
    const signal = controller.signal;
    const running = [pool.read(context({ signal }), endless), pool.read(context({ signal }), endless)];
    await expect(pool.read(context({ deadline: performance.now() + 100 }), one)).rejects.toMatchObject({ code: 'deadline_exceeded' });
    const waiting = pool.read(context(), one);
    controller.abort(new Error('gone'));
    expect((await Promise.allSettled(running)).map((read) => read.status)).toEqual(['rejected', 'rejected']);
    expect(await waiting).toEqual([[1]]);
  });

  it('answers after it interrupted, and after a statement that failed', async () => {
    await expect(pool.read(context(), (run) => run('SELECT nonsense', new SqlParameters()))).rejects.toMatchObject({ code: 'internal' });
    expect(await pool.read(context(), one)).toEqual([[1]]);
  });

  it('refuses a regular expression that RE2 cannot hold, by name', async () => {
    const parameters = new SqlParameters();
    const regex = parameters.text(`(?:${'[^a-z]{1000}'.repeat(200)})`);
    await expect(pool.read(context(), (run) => run(`SELECT regexp_matches('x', ${regex})`, parameters))).rejects.toMatchObject({
      code: 'unsupported_query',
    });
  });

  it('ends what runs when it closes, and then refuses', async () => {
    const own = new ReadPool(database);
    const running = own.read(context(), endless);
    await own.close();
    await expect(running).rejects.toMatchObject({ code: 'shutting_down' });
    await expect(own.read(context(), one)).rejects.toMatchObject({ code: 'shutting_down' });
  });
});
