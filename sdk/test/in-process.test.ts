import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IS_OLDEST_NODE, killApps, waitFor } from './app-process.ts';
import { type ScriptedCollector, startCollector } from './scripted-collector.ts';
import { flowOf, logOf, serverSpanOf, startTransportApp, type TransportApp } from './transports/transport-app.ts';

describe.each(['in-process-imported.mjs', 'in-process-required.cjs'])('%s', (script) => {
  let collector: ScriptedCollector;
  let app: TransportApp;
  let names = 0;
  const newName = (prefix: string): string => {
    names += 1;
    return `${prefix}-${names}`;
  };
  /** Each of the logs is in the trace and the flow of the request. */
  const expectInFlow = async (id: string, bodies: readonly string[]): Promise<void> => {
    const { traceId } = await serverSpanOf(collector, id);
    for (const body of bodies) {
      const log = await logOf(collector, body);
      expect([body, log.traceId, log.attributes['correlation.id']]).toEqual([body, traceId, id]);
    }
  };

  beforeAll(async () => {
    collector = await startCollector();
    app = await startTransportApp(script, collector, {});
  });
  afterAll(async () => {
    await killApps();
    await collector.close();
  });

  it('promises, microtasks and ticks stay in their request, twenty at once', async () => {
    const ids = Array.from({ length: 20 }, () => newName('promise'));
    await Promise.all(ids.map((id) => app.call('promises', id, { text: id })));
    for (const id of ids) await expectInFlow(id, [`then ${id}`, `awaited ${id}`, `ticked ${id}`]);
  });

  it('timers stay in their request, an interval as long as the request lasts', async () => {
    const ids = [newName('timer'), newName('timer')];
    await Promise.all(ids.map((id) => app.call('timers', id, { text: id })));
    for (const id of ids) await expectInFlow(id, [`later ${id}`, `tick 1 ${id}`, `tick 2 ${id}`]);
  });

  it('a job of p-queue, of Bottleneck, of a bulkhead of cockatiel and of a queue of async runs in the request that gave it, whichever request’s job made room for it', async () => {
    const ids = Array.from({ length: 4 }, () => newName('limited'));
    const answers = await Promise.all(ids.map((id) => app.call('limited-jobs', id, { text: id, requests: String(ids.length) })));
    for (const answer of answers) expect(answer).toEqual(['signal', 2, 3, 4, 5, 6, 7, 8, 9]);
    const jobs = [
      'added',
      'added too',
      'scheduled',
      'scheduled first',
      'wrapped',
      'admitted',
      'submitted',
      'told',
      'pushed',
      'urgent',
      'done',
    ];
    for (const id of ids)
      await expectInFlow(
        id,
        jobs.map((job) => `${job} ${id}`),
      );
    expect(app.stderr()).not.toContain('not of the tested versions');
  });

  it('a listener runs in the request that emits', async () => {
    const id = newName('emit');
    await app.call('emitter', id, { text: id });
    await expectInFlow(id, [`emitted ${id}`]);
  });

  it('an interval that a request made drains a queue in the items’ own flows, and in that of the run without one', async () => {
    const creating = newName('creating');
    await app.call('lazy-interval', creating);
    await serverSpanOf(collector, creating);
    const bound = newName('bound');
    await app.call('enqueue-bound', bound, { text: bound });
    await expectInFlow(bound, [`drained ${bound}`]);
    const plain = newName('plain');
    await app.call('enqueue', plain, { text: plain });
    const log = await logOf(collector, `drained ${plain}`);
    expect(log.traceId).toBe('');
    expect(log.attributes['correlation.id']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('a run of an interval that was set outside of any request is one flow, from its first line on', async () => {
    const id = newName('job');
    await app.call('enqueue-job', id, { text: id });
    const begins = await logOf(collector, `job begins ${id}`);
    const run = String(begins.attributes['correlation.id']);
    expect(run).toMatch(/^[0-9a-f]{32}$/);
    expect((await logOf(collector, `job ends ${id}`)).attributes['correlation.id']).toBe(run);
    await waitFor('the span of its call', () => flowOf(collector, run).spans.length > 0);
    expect(flowOf(collector, run).spans).toMatchObject([{ kind: 3, name: 'GET', parentSpanId: '' }]);
  });

  it('a worker that a request made handles each message in its own flow, and so does who hears the answer', async () => {
    const ids = [newName('worker'), newName('worker'), newName('worker')];
    const answers = await Promise.all(ids.map((id) => app.call('worker', id, { text: id })));
    for (const [index, id] of ids.entries()) {
      await expectInFlow(id, [`worker ${id}`, `heard ${id}`]);
      expect(answers[index]).toEqual({ text: id, bytes: { 0: 1, 1: 2, 2: 3 }, keys: ['text', 'bytes'] });
    }
  });

  it('a message that nobody’s request sent runs in the trace of none, also not of the one that made the worker', async () => {
    const id = newName('worker');
    await app.call('worker', id, { text: id });
    const text = newName('plain');
    await app.call('worker-plain', newName('plain'), { text });
    const log = await logOf(collector, `worker ${text}`);
    expect([log.traceId, log.attributes['correlation.id']]).toEqual(['', undefined]);
  });

  it('a worker that was made for one job does it in the context it was made in', async () => {
    const ids = [newName('job'), newName('job')];
    const answers = await Promise.all(ids.map((id) => app.call('worker-own', id, { text: id })));
    for (const id of ids) await expectInFlow(id, [`begins ${id}`, `ends ${id}`, `heard ${id}`]);
    expect(answers).toEqual(ids.map((text) => ({ text })));
  });

  it('a child process that a request forked handles each message in its own flow, and so does who hears the answer', async () => {
    const first = newName('child');
    // Node 22 may give a child what it is sent before it has loaded the SDK (docs/transports/in-process.md).
    if (IS_OLDEST_NODE) await app.call('child', first, { text: first });
    const ids = [IS_OLDEST_NODE ? newName('child') : first, newName('child'), newName('child')];
    const answers = await Promise.all(ids.map((id) => app.call('child', id, { text: id })));
    for (const [index, id] of ids.entries()) {
      await expectInFlow(id, [`child ${id}`, `heard ${id}`]);
      expect(answers[index]).toEqual({ text: id, list: [1, 2], keys: ['text', 'list'], env: [] });
    }
    // Until its first message its script is in the flow that started it.
    await expectInFlow(first, ['child at its beginning']);
  });

  it('a message to a child that nobody’s request sent runs in the trace of none, also not of the one that forked it', async () => {
    const id = newName('child');
    await app.call('child', id, { text: id });
    const text = newName('plain');
    await app.call('child-plain', newName('plain'), { text });
    const log = await logOf(collector, `child ${text}`);
    expect([log.traceId, log.attributes['correlation.id']]).toEqual(['', undefined]);
  });

  it.each(['spawn', 'execFile', 'exec', 'spawnSync', 'execFileSync', 'execSync'])(
    'a process that was started for one job does it in the flow that started it: %s',
    async (way) => {
      const id = newName('job');
      expect(await app.call('child-own', id, { text: id, way })).toEqual({ env: [] });
      await expectInFlow(id, [`begins ${id}`, `ends ${id}`]);
    },
  );

  it('a child process without the SDK gets a message as it is, and no variable', async () => {
    const id = newName('child');
    expect(await app.call('child-without-sdk', id, { text: id })).toEqual({ text: id, keys: ['text'], env: [] });
  });

  // How a pool's worker is told to wait for its next task.
  it.each(['sync', 'async', 'disabled'])(
    'a task of a pool runs in the flow that gave it, and in none without one: atomics %s',
    async (atomics) => {
      const ids = [newName('task'), newName('task'), newName('task')];
      const answers = await Promise.all(ids.map((id) => app.call('pool', id, { text: id, atomics })));
      for (const id of ids) await expectInFlow(id, [`pooled ${id}`, `pooled later ${id}`, `heard ${id}`]);
      expect(answers).toEqual(ids.map((text) => ({ text, keys: ['text'] })));
      const text = newName('plain');
      await app.call('pool-plain', newName('plain'), { text, atomics });
      const log = await logOf(collector, `pooled later ${text}`);
      expect([log.traceId, log.attributes['correlation.id']]).toEqual(['', undefined]);
    },
  );

  it.each(['thread', 'process'])(
    'a task of a workerpool runs in the flow that gave it, whichever request’s task it waited for: %s',
    async (workerType) => {
      const ids = [newName('task'), newName('task'), newName('task')];
      const answers = await Promise.all(ids.map((id) => app.call('workerpool', id, { text: id, workerType })));
      for (const id of ids) await expectInFlow(id, [`pooled ${id}`, `pooled later ${id}`, `heard ${id}`]);
      expect(answers).toEqual(ids.map((text) => ({ text, keys: ['text'] })));
    },
  );

  it('a pool whose workers run without the SDK gets its tasks as they are', async () => {
    const id = newName('task');
    expect(await app.call('pool-without-sdk', id, { text: id })).toEqual({ text: id, keys: ['text'] });
    await expectInFlow(id, []);
  });

  it.each([
    'CommonJS text',
    'text of an ES module',
    'a data: URL',
    'a file',
    'a file with arguments',
    'a file without flags',
    'a file without an environment',
    'a file with its own environment',
    'a file that is told not to start the SDK',
    'CommonJS text that has one in a file',
  ])('a worker of %s gets messages as they are, at once, later and over a port', async (form) => {
    expect(await app.call('worker-form', newName('worker'), { text: 'hello', form })).toEqual([['text'], ['text'], ['text']]);
  });

  it('a worker without the SDK gets a message as it is', async () => {
    const id = newName('worker');
    expect(await app.call('worker-without-sdk', id, { text: id })).toEqual({ text: id, keys: ['text'] });
  });
});

it('a parent without the SDK, Node or not, is sent the messages and nothing else', async () => {
  const script = `
    const { correlation } = require('@threadline/sdk');
    correlation.run('flow-1', () => process.send({ hello: 1 }));
    setTimeout(() => process.disconnect(), 50);`;
  const child = spawn(process.execPath, ['--import', '@threadline/sdk/register', '-e', script], {
    cwd: fileURLToPath(new URL('./fixtures/', import.meta.url)),
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    env: { NODE_CHANNEL_FD: '3', OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  });
  const channel = child.stdio[3];
  if (!(channel instanceof Readable)) throw new Error('the child has no channel');
  expect(await text(channel)).toBe('{"hello":1}\n');
});
