import type { QueryNode } from '@threadline/query-language';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyValue, KeyValue, SpanEvent } from '../../src/api/index.ts';
import { type ErrorGroup, type ErrorsRequest, MAX_ERROR_GROUPS, OTHER_ERRORS } from '../../src/storage/errors/errors.ts';
import { describeTemplate } from '../../src/storage/patterns/template-text.ts';
import { at, BASE_NANOS, buildLog, buildSpan, hexId, SECOND_NANOS } from './builders.ts';
import { readContext, search, writeAndAwait } from './reading.ts';
import { SeededRandom } from './seeded-random.ts';
import type { ContractContext } from './storage-contract.ts';
import { attributes } from './values.ts';

const HOUR_NANOS = 3_600n * SECOND_NANOS;
const RANGE = { fromNanos: BASE_NANOS, toNanos: BASE_NANOS + HOUR_NANOS };
const MINUTE_NANOS = 60n * SECOND_NANOS;
/** More than are kept apart. */
const KINDS = 1_100;

const stackOf = (type: string, message: string, line: number): string =>
  [
    `${type}: ${message}`,
    `    at charge (/app/dist/charge.js:${line}:11)`,
    '    at Layer.handle (/app/node_modules/express/lib/router/layer.js:95:5)',
    `    at checkout (/app/dist/checkout.js:${line + 3}:7)`,
  ].join('\n');

function exception(type: string, message: string, stack?: string): KeyValue[] {
  return attributes({
    'exception.type': type,
    'exception.message': message,
    ...(stack !== undefined && { 'exception.stacktrace': stack }),
  });
}

const event = (values: KeyValue[], name = 'exception'): SpanEvent => ({ timeUnixNano: at(0), name, attributes: values });
const resourceOf = (service: string, version: string, more: Record<string, string> = {}) => ({
  resource: { attributes: attributes({ 'service.name': service, ...(version !== '' && { 'service.version': version }), ...more }) },
});

/** A failing charge: its span's event, and its log. */
function charge(
  number: number,
  { minute, version, line = 42 }: { readonly minute: number; readonly version: string; readonly line?: number },
) {
  const stack = stackOf('CardError', `card ${number} was declined`, line);
  const values = exception('CardError', `card ${number} was declined`, stack);
  const span = buildSpan(`charge ${number}`, {
    name: number % 2 === 0 ? 'POST /charge' : 'POST /refund',
    startTimeUnixNano: at(minute * 60),
    events: [event([], 'started'), event(values), event(values)],
    ...resourceOf('payments', version),
  });
  const log = buildLog(`log of charge ${number}`, {
    timeUnixNano: at(minute * 60 + 0.5),
    traceId: span.record.traceId,
    spanId: span.record.spanId,
    attributes: values,
    ...resourceOf('payments', version),
  });
  return { span, log };
}

const CHARGES = [
  charge(1, { minute: 1, version: '1.0.0' }),
  charge(2, { minute: 2, version: '1.0.0', line: 44 }),
  charge(3, { minute: 30, version: '1.1.0', line: 77 }),
];
const REFUSED = exception('Error', 'connect ECONNREFUSED 10.0.0.7:5432');
const SPANS = [
  ...CHARGES.map(({ span }) => span),
  buildSpan('database', { service: 'stock', startTimeUnixNano: at(61), events: [event(REFUSED)] }),
  buildSpan('fine', { service: 'payments', events: [event(attributes({ 'exception.type': 'CardError' }), 'retry')] }),
  buildSpan('two errors', {
    service: 'stock',
    startTimeUnixNano: at(125),
    events: [
      event(REFUSED),
      event(
        exception(
          'ValueError',
          'no',
          'Traceback (most recent call last):\n  File "/app/stock.py", line 3, in take\n    f()\nValueError: no',
        ),
      ),
    ],
  }),
];
const LOGS = [
  // The second one's log came to nothing: its span says it alone.
  ...CHARGES.filter((_, number) => number !== 1).map(({ log }) => log),
  buildLog('of no span', {
    service: 'payments',
    timeUnixNano: at(95),
    attributes: exception('CardError', 'card 9 was declined', stackOf('CardError', 'card 9 was declined', 42)),
  }),
  buildLog('stack alone', {
    service: 'payments',
    timeUnixNano: at(96),
    attributes: attributes({ 'exception.stacktrace': stackOf('CardError', 'card 10 was declined', 42) }),
  }),
  buildLog('message alone', { service: 'payments', attributes: attributes({ 'exception.message': 'nothing' }) }),
  buildLog('far away', { service: 'stock', timeUnixNano: at(7_200), attributes: exception('Error', 'connect ECONNREFUSED 10.0.0.8:5432') }),
];

/** A line for each group: what it is of, how many and when. */
function lines(groups: readonly ErrorGroup[]): string[] {
  return groups.map(({ service, type, template, count }) => `${service} ${type} ${describeTemplate(template)}: ${count}`);
}

export function describeErrors({ storage, newTenant }: ContractContext): void {
  const read = (tenant: string, request: Partial<ErrorsRequest> = {}) =>
    storage().errorGroups({ range: RANGE, widthNanos: MINUTE_NANOS, order: 'count', limit: 100, ...request }, readContext(tenant));

  describe('errors', () => {
    const tenant = newTenant('errors');
    beforeAll(() => writeAndAwait(storage(), tenant, { logs: LOGS, spans: SPANS }));

    it('are grouped by type and place, whatever the message, the lines and the sender of the record are', async () => {
      const { total, groupCount, groups, partial } = await read(tenant);
      expect(lines(groups)).toEqual([
        'payments CardError card <num> was declined: 5',
        'stock Error connect ECONNREFUSED <ip>: 2',
        'stock ValueError no: 1',
      ]);
      expect({ total, groupCount, partial }).toEqual({ total: 8, groupCount: 3, partial: undefined });
    });

    it('say when, in which versions, by which operations and in which traces', async () => {
      const { groups } = await read(tenant, { service: 'payments' });
      expect(
        groups.map(({ fingerprint: _fingerprint, buckets, ...group }) => ({
          ...group,
          buckets: buckets.map(({ bucket, count }) => [Number(bucket - BASE_NANOS / MINUTE_NANOS), count]).sort(),
        })),
      ).toEqual([
        {
          service: 'payments',
          type: 'CardError',
          template: expect.any(String),
          count: 5,
          buckets: [
            [1, 3],
            [2, 1],
            [30, 1],
          ],
          firstNanos: BigInt(at(60)),
          lastNanos: BigInt(at(1_800.5)),
          versions: [
            { version: '1.0.0', firstNanos: BigInt(at(60)), lastNanos: BigInt(at(120)) },
            { version: '', firstNanos: BigInt(at(95)), lastNanos: BigInt(at(96)) },
            { version: '1.1.0', firstNanos: BigInt(at(1_800)), lastNanos: BigInt(at(1_800.5)) },
          ],
          operations: [
            { name: 'POST /refund', count: 2 },
            { name: 'POST /charge', count: 1 },
          ],
          examples: [
            { timeNanos: BigInt(at(1_800.5)), source: 'log', traceId: hexId('trace of charge 3', 32), spanId: hexId('charge 3', 16) },
            { timeNanos: BigInt(at(120)), source: 'span', traceId: hexId('trace of charge 2', 32), spanId: hexId('charge 2', 16) },
            { timeNanos: BigInt(at(96)), source: 'log', traceId: '', spanId: '' },
            { timeNanos: BigInt(at(95)), source: 'log', traceId: '', spanId: '' },
            { timeNanos: BigInt(at(60.5)), source: 'log', traceId: hexId('trace of charge 1', 32), spanId: hexId('charge 1', 16) },
          ],
        },
      ]);
    });

    it('count the range, and know first and last times beyond it', async () => {
      const range = { fromNanos: BASE_NANOS + 2n * MINUTE_NANOS, toNanos: BASE_NANOS + 3n * MINUTE_NANOS };
      const { groups } = await read(tenant, { range });
      expect(lines(groups).sort()).toEqual([
        'payments CardError card <num> was declined: 1',
        'stock Error connect ECONNREFUSED <ip>: 1',
        'stock ValueError no: 1',
      ]);
      expect(groups.map(({ firstNanos, lastNanos }) => `${firstNanos} ${lastNanos}`).sort()).toEqual([
        `${at(60)} ${at(1_800.5)}`,
        `${at(61)} ${at(7_200)}`,
        `${at(125)} ${at(125)}`,
      ]);
      expect(await read(tenant, { range: { fromNanos: BASE_NANOS, toNanos: BASE_NANOS } })).toMatchObject({ total: 0, groups: [] });
    });

    it('are of one fingerprint where that is asked for, also where the range has nothing of it', async () => {
      const [first] = (await read(tenant)).groups;
      const range = { fromNanos: BASE_NANOS + 3_000n * SECOND_NANOS, toNanos: RANGE.toNanos };
      const { groups, total } = await read(tenant, { fingerprint: first?.fingerprint ?? '', range });
      expect(lines(groups)).toEqual(['payments CardError card <num> was declined: 0']);
      expect(groups).toMatchObject([{ examples: [], operations: [], firstNanos: BigInt(at(60)) }]);
      expect(total).toBe(0);
      expect((await read(tenant, { fingerprint: '0'.repeat(16) })).groups).toEqual([]);
    });

    it('are found by their fingerprint in logs and spans', async () => {
      const { groups } = await read(tenant);
      const idsOf = async (target: 'logs' | 'spans', query: QueryNode): Promise<string[]> =>
        (await search(storage(), target, { tenant, query })).rows.map(({ record }) => record.id).sort();
      const ofGroup = (value: string): QueryNode => ({ type: 'equals', field: { type: 'record', name: 'errorGroup' }, value });
      const fingerprintOf = (type: string): string => groups.find((group) => group.type === type)?.fingerprint ?? '';
      const card = ofGroup(fingerprintOf('CardError'));
      expect(await idsOf('logs', card)).toEqual(['log of charge 1', 'log of charge 3', 'of no span', 'stack alone']);
      expect(await idsOf('spans', card)).toEqual(['charge 1', 'charge 2', 'charge 3']);
      expect(await idsOf('spans', ofGroup(fingerprintOf('Error')))).toEqual(['database', 'two errors']);
      expect(await idsOf('spans', ofGroup(fingerprintOf('ValueError')))).toEqual(['two errors']);
      expect(await idsOf('logs', ofGroup('0'.repeat(16)))).toEqual([]);
      const any: QueryNode = { type: 'exists', field: { type: 'record', name: 'errorGroup' } };
      expect(await idsOf('logs', { type: 'not', child: any })).toEqual(['message alone']);
      expect(await idsOf('spans', { type: 'not', child: any })).toEqual(['fine']);
      const traces = await storage().searchTraces({ query: card, range: {}, limit: 10 }, readContext(tenant));
      expect(traces.traces).toHaveLength(3);
    });

    it('come in the order asked for, up to the limit', async () => {
      const types = async (order: ErrorsRequest['order'], limit = 100) =>
        (await read(tenant, { order, limit })).groups.map(({ type }) => type);
      expect(await types('count')).toEqual(['CardError', 'Error', 'ValueError']);
      expect(await types('first')).toEqual(['ValueError', 'Error', 'CardError']);
      expect(await types('last')).toEqual(['Error', 'CardError', 'ValueError']);
      expect(await types('last', 1)).toEqual(['Error']);
      expect(await read(tenant, { limit: 1 })).toMatchObject({ total: 8, groupCount: 3 });
    });

    it('are counted once when records are written again', async () => {
      await writeAndAwait(storage(), tenant, { logs: LOGS, spans: SPANS });
      expect((await read(tenant)).total).toBe(8);
    });

    it('are those of one tenant', async () => {
      expect(await read(newTenant('noerrors'))).toEqual({ total: 0, groupCount: 0, groups: [] });
    });

    it('come to the same however records are cut into calls', async () => {
      const random = new SeededRandom(20_261_126);
      const own = newTenant('errorsapart');
      const many = Array.from({ length: 300 }, (_, number) =>
        charge(number, { minute: random.below(50), version: `1.${random.below(3)}.0` }),
      );
      const spans = many.flatMap(({ span }) => (random.below(3) === 0 ? [] : [span]));
      const logs = many.flatMap(({ log }) => (random.below(3) === 0 ? [] : [log]));
      const both = many.filter(({ span, log }) => spans.includes(span) || logs.includes(log)).length;
      for (let start = 0; start < many.length; ) {
        const count = random.below(90) + 1;
        if (logs.slice(start, start + count).length > 0) await storage().writeLogs(own, logs.slice(start, start + count));
        if (spans.slice(start, start + count).length > 0) await storage().writeSpans(own, spans.slice(start, start + count));
        start += count;
      }
      await writeAndAwait(storage(), own, { logs, spans });
      const { total, groups } = await read(own);
      expect(total).toBe(both);
      expect(groups.map(({ count }) => count)).toEqual([both]);
      expect(groups[0]?.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(both);
      expect(groups[0]?.operations.reduce((sum, { count }) => sum + count, 0)).toBe(spans.length);
    });
  });

  describe('errors of several environments', () => {
    const tenant = newTenant('errorsenvironments');
    const failed = (name: string, second: number, more: Record<string, string>) =>
      buildLog(name, {
        timeUnixNano: at(second),
        attributes: exception('CardError', 'declined', stackOf('CardError', 'declined', 7)),
        ...resourceOf('payments', second < 20 ? '1' : '2', more),
      });
    beforeAll(() =>
      writeAndAwait(storage(), tenant, {
        logs: [
          failed('one', 10, { 'deployment.environment': 'staging' }),
          failed('two', 20, { 'deployment.environment.name': 'production' }),
          failed('three', 30, { 'deployment.environment.name': 'production' }),
          failed('four', 40, {}),
        ],
      }),
    );

    it('are of one where that is asked for, with its own times and versions, and of all together else', async () => {
      const groupsIn = async (environment?: string) => {
        const { total, groups } = await read(tenant, environment === undefined ? {} : { environment });
        return [
          total,
          ...groups.map(({ firstNanos, lastNanos, versions }) => [
            ...[firstNanos, lastNanos].map((nanos) => Number((nanos - BASE_NANOS) / SECOND_NANOS)),
            ...versions.map(({ version }) => version),
          ]),
        ];
      };
      expect(await groupsIn()).toEqual([4, [10, 40, '1', '2']]);
      expect(await groupsIn('staging')).toEqual([1, [10, 10, '1']]);
      expect(await groupsIn('production')).toEqual([2, [20, 30, '2']]);
      expect(await groupsIn('')).toEqual([1, [40, 40, '2']]);
      expect(await groupsIn('elsewhere')).toEqual([0]);
    });
  });

  describe('errors of more kinds than are kept apart', () => {
    it('know versions that are numbers or truth values by their text, and those of a service that is half a surrogate pair', async () => {
      const own = newTenant('errorversions');
      const versions: readonly AnyValue[] = [
        { intValue: '7' },
        { intValue: '-42' },
        { doubleValue: 2.5 },
        { doubleValue: 3 },
        { boolValue: true },
        { stringValue: '7' },
      ];
      const logs = ['numbered', '\ud800 half'].flatMap((service) =>
        versions.map((version, number) =>
          buildLog(`${service} ${number}`, {
            timeUnixNano: at(60 * number),
            attributes: exception('NumberError', 'no text', stackOf('NumberError', 'no text', 1)),
            resource: {
              attributes: [
                { key: 'service.name', value: { stringValue: service } },
                { key: 'service.version', value: version },
              ],
            },
          }),
        ),
      );
      await writeAndAwait(storage(), own, { logs });
      const { groups } = await read(own);
      expect(groups.map(({ service }) => service).toSorted()).toEqual(['numbered', '\ufffd half']);
      for (const { service } of groups) {
        const [group] = (await read(own, { service })).groups;
        expect(group?.versions.map(({ version }) => version)).toEqual(['7', '-42', '2.5', '3', 'true']);
        expect([group?.firstNanos, group?.lastNanos]).toEqual([BigInt(at(0)), BigInt(at(300))]);
      }
    });

    it('are counted together beyond a thousand of a service', async () => {
      const tenant = newTenant('errorsbound');
      const logs = Array.from({ length: KINDS }, (_, number) =>
        buildLog(`wild ${number}`, { service: 'wild', attributes: exception(`Wild${number}`, 'no') }),
      );
      await writeAndAwait(storage(), tenant, { logs });
      const { total, groupCount, groups } = await read(tenant, { limit: 2_000 });
      expect({ total, groupCount, groups: groups.length }).toEqual({
        total: KINDS,
        groupCount: MAX_ERROR_GROUPS,
        groups: MAX_ERROR_GROUPS + 1,
      });
      expect(groups.at(-1)).toMatchObject({ service: 'wild', fingerprint: OTHER_ERRORS, type: '', count: KINDS - MAX_ERROR_GROUPS });
    });
  });

  describe('deployments', () => {
    const tenant = newTenant('deployments');
    const run = (id: string, minute: number, version: string, more: Record<string, string> = {}) =>
      buildSpan(id, { startTimeUnixNano: at(minute * 60 + 7), ...resourceOf('payments', version, more) });
    beforeAll(() =>
      writeAndAwait(storage(), tenant, {
        spans: [
          run('a', 1, '1.0.0', { 'service.instance.id': 'one', 'deployment.environment.name': 'production' }),
          run('b', 5, '1.0.0', { 'service.instance.id': 'two', 'deployment.environment.name': 'production', 'host.name': 'left' }),
          run('c', 9, '1.0.0', { 'service.instance.id': 'one', 'deployment.environment.name': 'production' }),
          run('d', 7, '1.1.0', { 'host.name': 'left', 'deployment.environment': 'staging' }),
          run('e', 2, '', { 'host.id': 'h1' }),
          buildSpan('other', { service: 'stock', ...resourceOf('stock', '9.0.0') }),
        ],
      }),
    );

    it('are the versions of a service with when and where each was first seen, the newest first', async () => {
      const { deployments, partial } = await storage().deployments('payments', {}, readContext(tenant));
      const minute = (number: number): number => Number(BASE_NANOS / MINUTE_NANOS) + number;
      const seen = (first: number, last: number) => ({ firstMinute: minute(first), lastMinute: minute(last) });
      expect(deployments).toEqual([
        { version: '1.1.0', environment: 'staging', ...seen(7, 7), instances: [{ instance: 'left', ...seen(7, 7) }] },
        { version: '', environment: '', ...seen(2, 2), instances: [{ instance: 'h1', ...seen(2, 2) }] },
        {
          version: '1.0.0',
          environment: 'production',
          ...seen(1, 9),
          instances: [
            { instance: 'one', ...seen(1, 9) },
            { instance: 'two', ...seen(5, 5) },
          ],
        },
      ]);
      expect(partial).toBeUndefined();
    });

    it('are known of a service that only logs, and of logs and spans of one instance together', async () => {
      const own = newTenant('deploymentsoflogs');
      const log = (id: string, minute: number, version: string) =>
        buildLog(id, { timeUnixNano: at(minute * 60 + 7), ...resourceOf('worker', version, { 'service.instance.id': 'one' }) });
      const spans = [buildSpan('s', { startTimeUnixNano: at(3 * 60), ...resourceOf('worker', '2', { 'service.instance.id': 'one' }) })];
      await writeAndAwait(storage(), own, { logs: [log('a', 1, '1'), log('b', 4, '2'), log('c', 6, '2')], spans });
      const minute = (number: number): number => Number(BASE_NANOS / MINUTE_NANOS) + number;
      const seen = (first: number, last: number) => ({ firstMinute: minute(first), lastMinute: minute(last) });
      const { deployments } = await storage().deployments('worker', {}, readContext(own));
      expect(deployments).toEqual([
        { version: '2', environment: '', ...seen(3, 6), instances: [{ instance: 'one', ...seen(3, 6) }] },
        { version: '1', environment: '', ...seen(1, 1), instances: [{ instance: 'one', ...seen(1, 1) }] },
      ]);
    });

    it('are known of a service that only logs and whose version is a number', async () => {
      const own = newTenant('deploymentsnumber');
      const log = buildLog('n', {
        timeUnixNano: at(67),
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'worker' } },
            { key: 'service.version', value: { intValue: '17' } },
          ],
        },
      });
      await writeAndAwait(storage(), own, { logs: [log] });
      const { deployments } = await storage().deployments('worker', {}, readContext(own));
      expect(deployments).toMatchObject([{ version: '17' }]);
    });

    it('are none of a service that sent nothing', async () => {
      expect(await storage().deployments('nobody', {}, readContext(tenant))).toEqual({ deployments: [] });
    });

    it('are those of a range, with when they were seen in it', async () => {
      const minute = (number: number): number => Number(BASE_NANOS / MINUTE_NANOS) + number;
      const range = { fromNanos: BASE_NANOS + 5n * MINUTE_NANOS, toNanos: BASE_NANOS + 8n * MINUTE_NANOS };
      const { deployments } = await storage().deployments('payments', range, readContext(tenant));
      expect(
        deployments.map(({ version, firstMinute, lastMinute, instances }) => [version, firstMinute, lastMinute, instances.length]),
      ).toEqual([
        ['1.1.0', minute(7), minute(7), 1],
        ['1.0.0', minute(5), minute(5), 1],
      ]);
    });
  });
}
