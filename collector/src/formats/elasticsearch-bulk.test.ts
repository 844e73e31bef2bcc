import { describe, expect, it } from 'vitest';
import type { OtlpLogRecord } from '../api/index.ts';
import { decodeLogs } from '../otlp/decode-request.ts';
import { translateBulk } from './elasticsearch-bulk.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN_ID = '00f067aa0ba902b7';

const lines = (...parts: unknown[]): Buffer =>
  Buffer.from(parts.map((part) => `${typeof part === 'string' ? part : JSON.stringify(part)}\n`).join(''));
const groupsOf = (body: Buffer) => decodeLogs(body, 'json').groups;

function convert(document: object): { record: OtlpLogRecord | undefined; resource: Record<string, unknown> } {
  const [part] = translateBulk(lines({ index: { _index: 'logs' } }, document), undefined).parts;
  const [group] = groupsOf(part?.body ?? Buffer.from('{}'));
  const attributes = group?.resource.attributes ?? [];
  return { record: group?.scopes[0]?.records[0], resource: Object.fromEntries(attributes.map(({ key, value }) => [key, value])) };
}

describe('a bulk of Elasticsearch', () => {
  it('has each action answered for itself, with what it is and is not', () => {
    const { items, parts } = translateBulk(
      lines(
        { create: { _index: 'logs-app-default', _id: '7' } },
        { message: 'first' },
        { delete: { _id: '1' } },
        { update: { _id: '2' } },
        { doc: {} },
        '',
        { index: {} },
        '[1]',
        { index: {} },
        { message: 'second' },
      ),
      'fallback',
    );
    const refused = { status: 400, type: 'illegal_argument_exception', reason: 'only create and index are taken: a log is only added to' };
    expect(items).toEqual([
      { action: 'create', index: 'logs-app-default', id: '7' },
      { action: 'delete', index: 'fallback', id: '1', error: refused },
      { action: 'update', index: 'fallback', id: '2', error: refused },
      {
        action: 'index',
        index: 'fallback',
        id: undefined,
        error: { status: 400, type: 'document_parsing_exception', reason: 'the document is not a JSON object' },
      },
      { action: 'index', index: 'fallback', id: undefined },
    ]);
    expect(parts.map((part) => part.items)).toEqual([[0, 4]]);
    const bodies = groupsOf(parts[0]?.body ?? Buffer.alloc(0)).flatMap(({ scopes }) =>
      scopes.flatMap(({ records }) => records.map(({ body }) => body)),
    );
    expect(bodies).toEqual([{ stringValue: 'first' }, { stringValue: 'second' }]);
  });

  it('has actions beside which other things stand, as winston-elasticsearch writes them', () => {
    const { items } = translateBulk(lines({ index: { _index: 'w', pipeline: null }, attempts: 0 }, { message: 'm' }), 'x');
    expect(items).toEqual([{ action: 'index', index: 'w', id: undefined }]);
  });

  it('goes to the log in parts of a thousand documents, and of some megabytes', () => {
    const many = Array.from({ length: 2_500 }, (_, number) => [{ index: {} }, { message: String(number) }]).flat();
    expect(translateBulk(lines(...many), 'x').parts.map(({ items }) => items.length)).toEqual([1_000, 1_000, 500]);
    const large = Array.from({ length: 6 }, () => [{ index: {} }, { message: 'x'.repeat(1_500_000) }]).flat();
    expect(translateBulk(lines(...large), 'x').parts.map(({ items }) => items.length)).toEqual([2, 2, 2]);
  });

  it('refuses a document that no record can hold, and takes the next', () => {
    const { items, parts } = translateBulk(lines({ index: {} }, { message: 'x'.repeat(3_000_000) }, { index: {} }, { message: 'y' }), 'x');
    expect(items.map(({ error }) => error?.status)).toEqual([413, undefined]);
    expect(parts.map((part) => part.items)).toEqual([[1]]);
  });

  it.each([
    [lines({ message: 'no action' }), 'line 1 of the bulk: this is no action: expected {"create": {…}} or {"index": {…}}'],
    [lines({ index: {} }, {}, 'null'), 'line 3 of the bulk: this is no action: expected {"create": {…}} or {"index": {…}}'],
    [lines({ index: {}, create: {} }), 'line 1 of the bulk: this is no action: expected {"create": {…}} or {"index": {…}}'],
    [lines({ index: 1 }), 'line 1 of the bulk: this is no action: expected {"create": {…}} or {"index": {…}}'],
    [Buffer.from('{"index":{}}\n'), 'line 1 of the bulk: the document of the last action is missing'],
    [Buffer.from('\u0000'), 'line 1 of the bulk: this is no action: expected {"create": {…}} or {"index": {…}}'],
  ])('that cannot be read on says where (%#)', (body, message) => {
    expect(() => translateBulk(body, 'x')).toThrow(expect.objectContaining({ code: 'malformed_body', message }));
  });

  it('is refused where its actions are so many that their answers fill the memory', () => {
    expect(() => translateBulk(Buffer.from('{"create":{}}\n{}\n'.repeat(100_001)), undefined)).toThrow(
      expect.objectContaining({ code: 'body_too_large' }),
    );
  });

  it('may end without a line feed and have carriage returns', () => {
    expect(translateBulk(Buffer.from('{"index":{}}\r\n{"message":"x"}'), 'x').items).toHaveLength(1);
  });
});

describe('a document', () => {
  it('of a Beat has every field in its place', () => {
    const { record, resource } = convert({
      '@timestamp': '2026-11-20T10:00:00.123Z',
      message: 'out of stock',
      log: { level: 'warn', offset: 17, file: { path: '/var/log/app.log' } },
      service: { name: 'orders', version: '1.2' },
      host: { name: 'h1', ip: ['10.0.0.1'] },
      trace: { id: TRACE_ID },
      span: { id: SPAN_ID },
      http: { status: 500, ratio: 0.5, ok: false, none: null },
    });
    expect(resource).toEqual({
      'service.name': { stringValue: 'orders' },
      'service.version': { stringValue: '1.2' },
      host: {
        kvlistValue: {
          values: [
            { key: 'name', value: { stringValue: 'h1' } },
            { key: 'ip', value: { arrayValue: { values: [{ stringValue: '10.0.0.1' }] } } },
          ],
        },
      },
    });
    expect(record).toMatchObject({
      timeUnixNano: '1795168800123000000',
      severityText: 'warn',
      body: { stringValue: 'out of stock' },
      traceId: TRACE_ID,
      spanId: SPAN_ID,
    });
    expect(record?.attributes.map(({ key }) => key)).toEqual(['log', 'trace', 'span', 'http', 'elasticsearch.index']);
    expect(record?.attributes[3]?.value).toEqual({
      kvlistValue: {
        values: [
          { key: 'status', value: { intValue: '500' } },
          { key: 'ratio', value: { doubleValue: 0.5 } },
          { key: 'ok', value: { boolValue: false } },
          { key: 'none', value: {} },
        ],
      },
    });
  });

  it('of Fluent Bit has its body in log and its service in kubernetes', () => {
    const { record, resource } = convert({
      '@timestamp': '2026-11-20T10:00:00.123456789Z',
      log: 'a line',
      stream: 'stdout',
      kubernetes: { container_name: 'api' },
    });
    expect(resource['service.name']).toEqual({ stringValue: 'api' });
    expect(record).toMatchObject({ timeUnixNano: '1795168800123456789', body: { stringValue: 'a line' } });
    expect(record?.attributes.map(({ key }) => key)).toEqual(['stream', 'elasticsearch.index']);
  });

  it.each([
    ['2026-11-20T10:00:00Z', '1795168800000000000'],
    ['2026-11-20 10:00:00,5+00:00', '1795168800500000000'],
    ['2026-11-20T19:00:00.000001+0900', '1795168800000001000'],
    ['2026-11-20T10:00:00', '1795168800000000000'],
    ['2026-11-20T10:00Z', '1795168800000000000'],
    ['2026-11-20', '1795132800000000000'],
    ['1795168800123', '1795168800123000000'],
    [1_795_168_800_123, '1795168800123000000'],
    [1_795_168_800_123.456, '1795168800123456000'],
    ['2026-13-45T99:00:00Z', '0'],
    ['1960-01-01T00:00:00Z', '0'],
    ['yesterday', '0'],
    [-5, '0'],
    [1e300, '0'],
    [{}, '0'],
    [null, '0'],
  ])('of the time %j has the time %s', (time, expected) => {
    expect(convert({ '@timestamp': time }).record?.timeUnixNano).toBe(expected);
  });

  it.each(['timestamp', 'time', 'ts', '@t', 'Timestamp'])(
    'has the time that its sender calls %s, and of a document with both that of Elasticsearch',
    (name) => {
      const timestamp = '2026-11-20T10:00:00.123456789Z';
      const { record } = convert({ message: 'm', [name]: timestamp });
      expect(record).toMatchObject({ timeUnixNano: '1795168800123456789' });
      expect(record?.attributes.map(({ key }) => key)).toEqual(['elasticsearch.index']);
      const both = convert({ '@timestamp': '2026-11-20T10:00:01Z', [name]: timestamp }).record;
      expect(both).toMatchObject({ timeUnixNano: '1795168801000000000' });
      expect(both?.attributes).toContainEqual({ key: name, value: { stringValue: timestamp } });
      for (const none of [1_795_168_800, '1795168800', 'noon', null]) expect(convert({ [name]: none }).record?.timeUnixNano).toBe('0');
    },
  );

  it.each([
    [{ level: 'error' }, 'error'],
    [{ level: 50 }, '50'],
    [{ 'log.level': 'info', level: 'x' }, 'info'],
    [{ severity: 'crit' }, 'crit'],
    [{ severity: 3 }, 'err'],
    [{ severity: '3' }, 'err'],
    [{ levelname: 'ERROR' }, 'ERROR'],
    [{ severity_text: 'WARN', severity_number: 13 }, 'WARN'],
    [{ lvl: 'eror' }, 'eror'],
    [{ Level: 'Warning' }, 'Warning'],
    [{ LogLevel: 'Information' }, 'Information'],
    [{ '@l': 'Fatal' }, 'Fatal'],
    [{ level: {} }, undefined],
  ])('of the level %j has it as its text', (fields, expected) => {
    expect(convert(fields).record?.severityText).toBe(expected);
  });

  it.each([
    ['SDK', { trace_id: TRACE_ID, span_id: SPAN_ID, correlation_id: 'order-42' }],
    ['winston-elasticsearch', { fields: { trace_id: TRACE_ID, span_id: SPAN_ID, correlation_id: 'order-42' } }],
    ['Micrometer', { traceId: TRACE_ID, spanId: SPAN_ID, correlationId: 'order-42' }],
    ['Serilog', { fields: { TraceId: TRACE_ID.toUpperCase(), SpanId: SPAN_ID, correlationId: 'order-42' } }],
    ['Serilog’s compact format', { '@tr': TRACE_ID, '@sp': SPAN_ID, 'correlation.id': 'order-42' }],
    ['Log4j', { contextMap: { trace_id: TRACE_ID, span_id: SPAN_ID, correlation_id: 'order-42' } }],
    ['Logback', { mdc: { traceId: TRACE_ID, spanId: SPAN_ID, correlation_id: 'order-42' } }],
    ['Python', { otelTraceID: TRACE_ID, otelSpanID: SPAN_ID, correlation: { id: 'order-42' } }],
    [
      'a name that has something else',
      { trace_id: '7', traceId: TRACE_ID, spanID: SPAN_ID, correlation_id: '', correlationId: 'order-42' },
    ],
  ])('is tied to its trace and its flow by the fields of %s', (_, fields) => {
    const { record } = convert({ message: 'm', ...fields });
    expect(record).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID });
    expect(record?.attributes.filter(({ key }) => key === 'correlation.id')).toEqual([
      { key: 'correlation.id', value: { stringValue: 'order-42' } },
    ]);
  });

  it('says in its line what its fields do not', () => {
    const line = JSON.stringify({ level: 'error', trace_id: TRACE_ID, span_id: SPAN_ID, correlation_id: 'order-42' });
    const { record } = convert({ log: line });
    expect(record).toMatchObject({ severityText: 'error', traceId: TRACE_ID, spanId: SPAN_ID, body: { stringValue: line } });
    expect(record?.attributes.map(({ key }) => key)).toEqual(['correlation.id', 'elasticsearch.index']);
    expect(convert({ log: line, level: 'warn' }).record?.severityText).toBe('warn');
  });

  const exception = {
    'exception.type': 'TypeError',
    'exception.message': 'no card',
    'exception.stacktrace': 'TypeError: no card\n    at pay',
  };
  it.each([
    ['ECS', { error: { type: 'TypeError', message: 'no card', stack_trace: 'TypeError: no card\n    at pay' } }, exception],
    [
      'ECS, flat',
      { 'error.type': 'TypeError', 'error.stack_trace': 'a\n at b' },
      { 'exception.type': 'TypeError', 'exception.stacktrace': 'a\n at b' },
    ],
    ['pino', { err: { type: 'TypeError', message: 'no card', stack: 'TypeError: no card\n    at pay' } }, exception],
    ['Bunyan', { err: { name: 'TypeError', message: 'no card', stack: 'TypeError: no card\n    at pay' } }, exception],
    ['OpenTelemetry beside ECS', { ...exception, error: { type: 'Other', stack_trace: 'other' } }, exception],
    ['a message alone', { error: { message: 'no card' } }, {}],
    ['what is no error', { error: 'no card', err: { stack: { depth: 1 } } }, {}],
  ])('says the error of %s as an exception, beside its own fields', (_, fields, expected) => {
    const attributes = convert({ message: 'm', ...fields }).record?.attributes ?? [];
    const said = attributes.filter(({ key }) => key.startsWith('exception.')).map(({ key, value }) => [key, value?.stringValue]);
    expect(Object.fromEntries(said)).toEqual(expected);
    expect(said).toHaveLength(Object.keys(expected).length);
    for (const key of Object.keys(fields)) expect(attributes.map((attribute) => attribute.key)).toContain(key);
  });

  it('of pino or Bunyan has the service that its name is; beside other fields a name is of anything', () => {
    const pino = { level: 30, pid: 7, hostname: 'h1', name: 'shop', msg: 'paid' };
    expect(convert(pino).resource['service.name']).toEqual({ stringValue: 'shop' });
    expect(convert({ ...pino, app: 'web' }).resource['service.name']).toEqual({ stringValue: 'web' });
    expect(convert({ levelname: 'INFO', name: 'a.logger', process: 7 }).resource).toEqual({});
  });

  it.each([
    { fields: { service: 'shop' } },
    { fields: { app: 'shop' } },
    { service_name: 'shop' },
    { kubernetes: { labels: { 'app.kubernetes.io/name': 'shop' }, container_name: 'main' } },
    { kubernetes: { labels: { 'app_kubernetes_io/name': 'shop' }, container: { name: 'main' } } },
  ])('has the service of %j', (fields) => {
    expect(convert(fields).resource['service.name']).toEqual({ stringValue: 'shop' });
  });

  it.each([
    [{ message: 5 }, { intValue: '5' }],
    [{ message: false }, { boolValue: false }],
    [{ message: 5, log: 'a line' }, { stringValue: 'a line' }],
    [{ Message: 'paid', LogLevel: 'Information' }, { stringValue: 'paid' }],
    [{ '@m': 'paid by 7', '@mt': 'paid by {user}' }, { stringValue: 'paid by 7' }],
    [{ '@mt': 'paid by {user}', user: 7 }, { stringValue: 'paid by {user}' }],
    [{ RenderedMessage: 'paid by 7', MessageTemplate: 'paid by {user}' }, { stringValue: 'paid by 7' }],
    [{ message: { a: 1 } }, undefined],
  ])('of %j has its body in what is one value', (fields, expected) => {
    expect(convert(fields).record?.body).toEqual(expected);
  });

  it('of rsyslog names its host by a text', () => {
    expect(convert({ message: 'x', severity: 'notice', host: 'h1', app: 'cron' })).toMatchObject({
      record: { severityText: 'notice' },
      resource: { 'service.name': { stringValue: 'cron' }, 'host.name': { stringValue: 'h1' } },
    });
  });

  it('of syslog-ng and of systemd’s journal has its capitals read', () => {
    const bySyslogNg = convert({
      '@timestamp': '2026-11-27T03:18:26+00:00',
      PROGRAM: 'billing',
      HOST: 'h1',
      PRIORITY: 'err',
      MESSAGE: 'late',
    });
    expect(bySyslogNg).toMatchObject({
      record: { severityText: 'err', body: { stringValue: 'late' } },
      resource: { 'service.name': { stringValue: 'billing' }, 'host.name': { stringValue: 'h1' } },
    });
    expect(bySyslogNg.record?.attributes.map(({ key }) => key)).toEqual(['PROGRAM', 'elasticsearch.index']);
    const byJournal = { SYSLOG_IDENTIFIER: 'sshd', _SYSTEMD_UNIT: 'ssh.service', _HOSTNAME: 'h2', PRIORITY: '4', MESSAGE: 'closed' };
    expect(convert(byJournal)).toMatchObject({
      record: { severityText: 'warning', body: { stringValue: 'closed' } },
      resource: { 'service.name': { stringValue: 'sshd' }, 'host.name': { stringValue: 'h2' } },
    });
    expect(convert({ PRIORITY: 9, HOST: { not: 'text' } })).toMatchObject({ record: { severityText: '9' }, resource: {} });
  });

  it('without a message is its attributes', () => {
    const { record } = convert({ message: { not: 'text' }, n: 1 });
    expect(record?.body).toBeUndefined();
    expect(record?.attributes.map(({ key }) => key)).toEqual(['message', 'n', 'elasticsearch.index']);
  });

  it('has every digit of whole numbers, as an integer where OTLP has one, else as a text', () => {
    const [part] = translateBulk(
      Buffer.from(
        '{"index":{}}\n{"id":9007199254740993,"least":-9223372036854775808,"more":[18446744073709551615],"double":1e300,"small":7}\n',
      ),
      'x',
    ).parts;
    expect(groupsOf(part?.body ?? Buffer.alloc(0))[0]?.scopes[0]?.records[0]?.attributes.slice(0, 5)).toEqual([
      { key: 'id', value: { intValue: '9007199254740993' } },
      { key: 'least', value: { intValue: '-9223372036854775808' } },
      { key: 'more', value: { arrayValue: { values: [{ stringValue: '18446744073709551615' }] } } },
      { key: 'double', value: { doubleValue: 1e300 } },
      { key: 'small', value: { intValue: '7' } },
    ]);
  });

  it('has the text of numbers that no double holds, and a double for every other', () => {
    const sent = '{"index":{}}\n{"huge":1e400,"least":[-1.5E+309],"digits":DIGITS.0,"large":1.7e308,"small":1e-400,"id":"a1e400"}\n';
    const digits = '9'.repeat(310);
    const [part] = translateBulk(Buffer.from(sent.replace('DIGITS', digits)), 'x').parts;
    expect(groupsOf(part?.body ?? Buffer.alloc(0))[0]?.scopes[0]?.records[0]?.attributes.slice(0, 6)).toEqual([
      { key: 'huge', value: { stringValue: '1e400' } },
      { key: 'least', value: { arrayValue: { values: [{ stringValue: '-1.5E+309' }] } } },
      { key: 'digits', value: { stringValue: `${digits}.0` } },
      { key: 'large', value: { doubleValue: 1.7e308 } },
      { key: 'small', value: { intValue: '0' } },
      { key: 'id', value: { stringValue: 'a1e400' } },
    ]);
  });

  it.each(['yesterday', '1969-12-31T23:59:59Z', '2999-12-31T23:59:59Z', -1, { a: 1 }, null])(
    'with %j as its time keeps that beside its arrival',
    (time) => {
      const { record } = convert({ '@timestamp': time });
      expect(record?.timeUnixNano).toBe('0');
      expect(record?.attributes[0]?.key).toBe('@timestamp');
    },
  );

  it.each([
    [{ service: ['a'] }, { service: { arrayValue: { values: [{ stringValue: 'a' }] } } }],
    [{ service: true }, { service: { boolValue: true } }],
    [
      { service: { name: { a: 'b' }, version: 2 } },
      { 'service.name': { kvlistValue: { values: [{ key: 'a', value: { stringValue: 'b' } }] } }, 'service.version': { intValue: '2' } },
    ],
    [
      { 'service.name': 'shop', service: 'other' },
      { 'service.name': { stringValue: 'shop' }, service: { stringValue: 'other' } },
    ],
    [{ service: 12 }, { 'service.name': { stringValue: '12' } }],
  ])('keeps what is said of its service, whatever its kind (%#)', (document, resource) => {
    expect(convert(document).resource).toEqual(resource);
  });

  it('may be nested as deep as JSON goes, long numbers within', () => {
    const deep = `${'{"a":'.repeat(50_000)}12345678901234567890${'}'.repeat(50_000)}`;
    const [part] = translateBulk(Buffer.from(`{"index":{}}\n${deep}\n`), 'x').parts;
    expect(groupsOf(part?.body ?? Buffer.alloc(0))).toHaveLength(1);
  });

  it('may be nested as deep as JSON goes', () => {
    const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    const [part] = translateBulk(Buffer.from(`{"index":{}}\n${deep}\n`), 'x').parts;
    expect(groupsOf(part?.body ?? Buffer.alloc(0))).toHaveLength(1);
  });
});
