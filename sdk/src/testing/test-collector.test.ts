import { AssertionError } from 'node:assert';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestCollector, type TestCollector } from './test-collector.ts';

function spansOf(service: string, spans: readonly object[]): object {
  return {
    resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] }, scopeSpans: [{ spans }] }],
  };
}

function spanOf(id: string, changes: object = {}): object {
  return {
    traceId: 't',
    spanId: id,
    name: id,
    kind: 2,
    attributes: [{ key: 'correlation.id', value: { stringValue: 'flow-1' } }],
    ...changes,
  };
}

let collector: TestCollector;
beforeEach(async () => {
  collector = await startTestCollector({ timeoutMillis: 300 });
});
afterEach(() => collector.close());

async function post(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const response = await fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    body: Buffer.from(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  await response.arrayBuffer();
  return response.status;
}

async function failureOf(promise: PromiseLike<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('startTestCollector', () => {
  it('takes JSON and protobuf, compressed too, and refuses what it cannot read', async () => {
    const body = JSON.stringify(spansOf('gateway', [spanOf('a')]));
    expect(await post(body)).toBe(200);
    expect(await post(gzipSync(body), { 'content-encoding': 'gzip' })).toBe(200);
    expect(await post('{')).toBe(415);
    expect(await post('x', { 'content-type': 'application/x-protobuf' })).toBe(415);
    // resource_spans { scope_spans { spans { span_id: 00000000000000ab } } }
    const span = Buffer.of(0x12, 8, 0, 0, 0, 0, 0, 0, 0, 0xab);
    const protobuf = Buffer.concat([Buffer.of(0x0a, 14, 0x12, 12, 0x12, 10), span]);
    expect(await post(protobuf, { 'content-type': 'application/x-protobuf' })).toBe(200);
    expect(await post(gzipSync(protobuf), { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' })).toBe(200);
    const ab = '00000000000000ab';
    expect(collector.spans.map(({ spanId }) => spanId)).toEqual(['a', 'a', ab, ab]);
    collector.clear();
    expect(collector.spans).toEqual([]);
  });

  it('may be closed twice', async () => {
    await collector.close();
    await collector.close();
  });
});

describe('expectFlow', () => {
  it('waits for what is still to come, and resolves with the flow', async () => {
    await collector.close();
    // What it is posted may take its time on a busy machine.
    collector = await startTestCollector({ timeoutMillis: 60_000 });
    const expected = collector.expectFlow('flow-1').from('gateway').to('payments');
    await post(JSON.stringify(spansOf('gateway', [spanOf('a')])));
    await post(JSON.stringify(spansOf('payments', [spanOf('b', { parentSpanId: 'a' })])));
    const flow = await expected;
    expect(flow.spans.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('fails with the flow as found', async () => {
    await post(JSON.stringify(spansOf('gateway', [spanOf('a', { startTimeUnixNano: '1000000', endTimeUnixNano: '3000000' })])));
    expect(await failureOf(collector.expectFlow('flow-1').from('gateway').through('kafka').to('payments'))).toBe(
      [
        'expected the flow flow-1 from gateway through kafka to payments',
        'but within 300 ms from gateway was found, and not through kafka: it stays in its process',
        'the flow as found, 1 spans and 0 log records:',
        '  gateway SERVER a 2.0 ms',
      ].join('\n'),
    );
  });

  it('fails with what arrived instead', async () => {
    expect(await failureOf(collector.expectFlow('flow-2').from('gateway'))).toBe(
      'expected the flow flow-2 from gateway\nbut within 300 ms nothing with this id arrived; nothing arrived at all',
    );
    await post(JSON.stringify(spansOf('gateway', [spanOf('a')])));
    await post('x', { 'content-type': 'text/plain' });
    expect(await failureOf(collector.expectFlow('flow-2').from('gateway'))).toBe(
      [
        'expected the flow flow-2 from gateway',
        'but within 300 ms nothing with this id arrived; what arrived is of other flows: flow-1',
        'the collector refused text/plain to /v1/traces: it takes OTLP over HTTP, in protobuf or JSON',
      ].join('\n'),
    );
  });

  it('fails as a rejection that nobody handled when nobody awaits it', async () => {
    const rejections: unknown[] = [];
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    const rejected = new Promise<void>((resolve) => {
      process.once('unhandledRejection', (reason) => {
        rejections.push(reason);
        resolve();
      });
    });
    collector.expectFlow('flow-2').from('gateway').to('payments');
    await rejected;
    for (const listener of others) process.on('unhandledRejection', listener);
    expect(rejections).toMatchObject([{ name: 'AssertionError' }]);
  });
});
