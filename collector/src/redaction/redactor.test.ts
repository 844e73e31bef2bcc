import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyValue, KeyValue, OtlpLogRecord } from '../api/index.ts';
import { decodeLogs, decodeTraces, ENCODINGS } from '../otlp/decode-request.ts';
import { groupsOf, logRecord, span } from '../otlp/testing/arbitraries.ts';
import { decoded, encodeLogs, encodeTraces } from '../otlp/testing/reference-encoder.ts';
import { createRedaction } from './redact-request.ts';
import { parseRedactionRules } from './redaction-rules.ts';

const text = (stringValue: string): AnyValue => ({ stringValue });
const attribute = (key: string, value: AnyValue): KeyValue => ({ key, value });

function redaction(rules: object[]) {
  const counts: Record<string, number> = {};
  const redact = createRedaction({
    rules: parseRedactionRules(JSON.stringify({ rules })),
    hashKey: 'a-key-for-the-test',
    onRedacted: (rule) => {
      counts[rule] = (counts[rule] ?? 0) + 1;
    },
  });
  return { redact, counts };
}

/** The log as it is kept, sent with its resource and scope. */
function kept(rules: object[], log: Partial<OtlpLogRecord>) {
  const record: OtlpLogRecord = { timeUnixNano: '1', observedTimeUnixNano: '0', attributes: [], ...log };
  const groups = [{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records: [record] }] }];
  const { redact, counts } = redaction(rules);
  const again = decodeLogs(redact('logs', encodeLogs(groups, 'protobuf'), 'protobuf'), 'protobuf');
  return { log: again.groups[0]?.scopes[0]?.records[0], counts };
}

describe('rules', () => {
  it('mask whole values by name at any depth, in any case, whatever they are', () => {
    const secrets = [
      attribute('Password', text('a')),
      attribute('user', { kvlistValue: { values: [attribute('db.password', { intValue: '7' }), attribute('name', text('kim'))] } }),
      attribute('tags', { arrayValue: { values: [{ kvlistValue: { values: [attribute('password', { arrayValue: { values: [] } })] } }] } }),
    ];
    const { log, counts } = kept([{ name: 'passwords', keys: ['*password'] }], {
      attributes: secrets,
      body: { kvlistValue: { values: secrets } },
    });
    const hidden = [
      attribute('Password', text('REDACTED')),
      attribute('user', { kvlistValue: { values: [attribute('db.password', text('REDACTED')), attribute('name', text('kim'))] } }),
      attribute('tags', { arrayValue: { values: [{ kvlistValue: { values: [attribute('password', text('REDACTED'))] } }] } }),
    ];
    expect(log?.attributes).toEqual(hidden);
    expect(log?.body).toEqual({ kvlistValue: { values: hidden } });
    expect(counts).toEqual({ passwords: 6 });
  });

  it('know a nested value by its whole path too', () => {
    const attributes = [attribute('user', { kvlistValue: { values: [attribute('id', text('7'))] } }), attribute('id', text('8'))];
    const { log } = kept([{ keys: ['user.id'] }], { attributes });
    expect(log?.attributes).toEqual([
      attribute('user', { kvlistValue: { values: [attribute('id', text('REDACTED'))] } }),
      attribute('id', text('8')),
    ]);
  });

  it('mask the parts of texts, names, numbers and bytes that a pattern finds', () => {
    const { log, counts } = kept([{ name: 'cards', patterns: ['card_number'] }], {
      body: text('paid with 4111 1111 1111 1111.'),
      severityText: '4111111111111111',
      eventName: 'card.4111111111111111',
      attributes: [
        attribute('number', { intValue: '4111111111111111' }),
        attribute('double', { doubleValue: 4111111111111111 }),
        attribute('bytes', { bytesValue: Buffer.from('x 4111111111111111').toString('base64') }),
        attribute('binary', { bytesValue: Buffer.from([0xff, 0x20, ...Buffer.from('4111111111111111')]).toString('base64') }),
        attribute('of 4111111111111111', { boolValue: true }),
        attribute('left', { intValue: '1764140508123456789' }),
      ],
    });
    expect(log).toMatchObject({ body: text('paid with REDACTED.'), severityText: 'REDACTED', eventName: 'card.REDACTED' });
    expect(log?.attributes).toEqual([
      attribute('number', text('REDACTED')),
      attribute('double', text('REDACTED')),
      attribute('bytes', { bytesValue: Buffer.from('x REDACTED').toString('base64') }),
      attribute('binary', { bytesValue: Buffer.from([0xff, 0x20, ...Buffer.from('REDACTED')]).toString('base64') }),
      attribute('of REDACTED', { boolValue: true }),
      attribute('left', { intValue: '1764140508123456789' }),
    ]);
    expect(counts).toEqual({ cards: 8 });
  });

  it('look for values below names alone where both are given', () => {
    const attributes = [attribute('http.url', text('/x?code=1')), attribute('note', text('code=2'))];
    const { log } = kept([{ keys: ['http.*'], values: ['code=\\d+'] }], { body: text('code=3'), attributes });
    expect(log?.attributes).toEqual([attribute('http.url', text('/x?REDACTED')), attribute('note', text('code=2'))]);
    expect(log?.body).toEqual(text('code=3'));
  });

  it('drop attributes by name, and the found part of a text', () => {
    const attributes = [attribute('a', text('1')), attribute('b', text('x secret y'))];
    const { log } = kept(
      [
        { keys: ['a'], action: 'drop' },
        { values: ['secret '], action: 'drop' },
      ],
      { attributes },
    );
    expect(log?.attributes).toEqual([attribute('b', text('x y'))]);
  });

  it('hash the same value to the same text, and other values and keys to others', () => {
    const rules = [{ keys: ['user', 'other', 'map'], action: 'hash' }];
    const attributes = [
      attribute('user', text('kim')),
      attribute('other', text('kim')),
      attribute('user', text('lee')),
      attribute('map', { arrayValue: { values: [] } }),
    ];
    const hashes = kept(rules, { attributes }).log?.attributes.map(({ value }) => value?.stringValue);
    expect(hashes?.[0]).toMatch(/^hmac:[0-9a-f]{32}$/);
    expect(hashes?.[1]).toBe(hashes?.[0]);
    expect(new Set(hashes).size).toBe(3);
  });

  it('are applied each to what the one before left', () => {
    const { log, counts } = kept(
      [
        { name: 'first', values: ['ab'] },
        { name: 'second', values: ['REDACTEDc'], action: 'drop' },
      ],
      { body: text('abc') },
    );
    expect(log?.body).toEqual(text(''));
    expect(counts).toEqual({ first: 1, second: 1 });
  });
});

describe.each(ENCODINGS)('a redacted request in %s', (encoding) => {
  const SECRET = 'S3CRET';
  const { redact } = redaction([{ values: [SECRET] }]);

  it('is as it was where nothing is found', () => {
    fc.assert(
      fc.property(groupsOf(logRecord), (groups) => {
        expect(decodeLogs(redact('logs', encodeLogs(groups, encoding), encoding), encoding)).toEqual(decoded(groups));
      }),
    );
    fc.assert(
      fc.property(groupsOf(span), (groups) => {
        expect(decodeTraces(redact('traces', encodeTraces(groups, encoding), encoding), encoding)).toEqual(decoded(groups));
      }),
    );
  });

  it('has the secret nowhere, in whatever text of a record it was', () => {
    const planted = (json: string): string =>
      json.replaceAll(/"(stringValue|name|key|message|traceState|schemaUrl|severityText|eventName|version|type)":"/g, `"$1":"${SECRET}`);
    const isHidden = (bytes: Uint8Array): boolean => !Buffer.from(bytes).includes(SECRET);
    fc.assert(
      fc.property(groupsOf(logRecord), groupsOf(span), (logs, spans) => {
        const withSecret = <T>(groups: T): T => JSON.parse(planted(JSON.stringify(groups)));
        expect(isHidden(redact('logs', encodeLogs(withSecret(logs), encoding), encoding))).toBe(true);
        expect(isHidden(redact('traces', encodeTraces(withSecret(spans), encoding), encoding))).toBe(true);
      }),
    );
  });

  it('has nothing of fields that are not known', () => {
    const body =
      encoding === 'json'
        ? Buffer.from(`{"resourceLogs":[{"unknown":"${SECRET}","scopeLogs":[{"logRecords":[{"note":"${SECRET}"}]}]}]}`)
        : Buffer.concat([encodeLogs([], 'protobuf'), Buffer.from([0xa2, 0x06, SECRET.length]), Buffer.from(SECRET)]);
    expect(Buffer.from(redact('logs', body, encoding)).includes(SECRET)).toBe(false);
  });

  it('is refused where it cannot be read', () => {
    expect(() => redact('logs', Buffer.from('\n\u0005'), encoding)).toThrow(expect.objectContaining({ code: 'malformed_body' }));
  });
});

describe('a file of rules is refused', () => {
  it.each([
    ['nonsense', 'it is not JSON'],
    ['[]', 'the file must be'],
    ['{}', '"rules" must be a list of at least one rule'],
    ['{"rules":[],"x":1}', 'the file has "x"'],
    ['{"rules":[{}]}', 'rules[0] must have "keys", "patterns" or "values"'],
    ['{"rules":[{"key":["a"]}]}', 'rules[0] has "key"; it may have name, keys'],
    ['{"rules":[{"keys":"a"}]}', 'rules[0].keys must be a list of texts'],
    ['{"rules":[{"keys":["a"],"action":"remove"}]}', 'rules[0].action must be mask, drop, hash'],
    ['{"rules":[{"patterns":["card"]}]}', 'rules[0].patterns[0] must be one of card_number, email'],
    ['{"rules":[{"values":["("]}]}', 'rules[0].values[0] is no regular expression'],
    ['{"rules":[{"name":"a","keys":["a"]},{"name":"a","keys":["b"]}]}', 'two rules are called "a"'],
  ])('%s', (file, problem) => {
    expect(() => parseRedactionRules(file)).toThrow(problem);
  });
});
