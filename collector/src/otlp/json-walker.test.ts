import { describe, expect, it } from 'vitest';
import type { OtlpLogRecord, OtlpSpan } from '../api/index.ts';
import { ThreadlineError } from '../errors.ts';
import { decodeLogs, decodeTraces } from './decode-request.ts';

describe('an OTLP/JSON record', () => {
  it.each([
    ['a number beyond 2^53', '9007199254740993', '9007199254740993'],
    ['a string', '"9007199254740993"', '9007199254740993'],
    ['the last of 64 bits', '-9223372036854775808', '-9223372036854775808'],
    ['an exponent', '1.5e3', '1500'],
    ['an exponent of nothing', '17900000000000000E0', '17900000000000000'],
    ['an exponent of nothing with a sign', '-5e-0', '-5'],
    ['an exponent with zeros', '15e03', '15000'],
    ['no more than an exponent', '0e7', '0'],
    ['a fraction of zeros', '12.00', '12'],
    ['an exponent in a string', '"92233720368547758.07e2"', '9223372036854775807'],
  ])('takes an integer as %s', (_form, sent, kept) => {
    expect(logOf(`{"body":{"intValue":${sent}}}`).body).toEqual({ intValue: kept });
  });

  it('takes ids in hex of either case', () => {
    const log = logOf(`{"traceId":"${'AbCd'.repeat(8)}","spanId":"${'EF01'.repeat(4)}"}`);
    expect(log).toMatchObject({ traceId: 'abcd'.repeat(8), spanId: 'ef01'.repeat(4) });
  });

  it('steps over unknown members of every kind, also where their names are those of objects', () => {
    const unknown = '"x":[1,{"y":[null,true,"a\\"]}"]},[]],"__proto__":{"z":{}},"constructor":-1.5e-7,"severity_text":"snake",';
    expect(logOf(`{${unknown}"severityText":"kept"}`)).toEqual({
      timeUnixNano: '0',
      observedTimeUnixNano: '0',
      attributes: [],
      severityText: 'kept',
    });
  });

  it('takes null as absent', () => {
    expect(logOf('{"timeUnixNano":null,"attributes":null,"body":null,"traceId":null}')).toEqual({
      timeUnixNano: '0',
      observedTimeUnixNano: '0',
      attributes: [],
    });
    expect(logOf('{"body":{"stringValue":null}}').body).toEqual({});
  });

  it('reads escapes, and makes half of a surrogate pair U+FFFD', () => {
    expect(logOf(String.raw`{"severityText":"a\"\\\u00e9\ud83d\ude00\n"}`).severityText).toBe('a"\\é😀\n');
    expect(logOf(String.raw`{"severityText":"a\ud83db"}`).severityText).toBe('a\uFFFDb');
  });

  it('takes base64 of both alphabets, padded or not', () => {
    for (const sent of ['+/8=', '-_8=', '+/8', '-_8'])
      expect(logOf(`{"body":{"bytesValue":"${sent}"}}`).body).toEqual({ bytesValue: '+/8=' });
  });

  it('takes numbers of doubles in quotes and keeps minus zero', () => {
    expect(logOf('{"body":{"doubleValue":"1.5"}}').body).toEqual({ doubleValue: 1.5 });
    expect(logOf('{"body":{"doubleValue":-0}}').body).toEqual({ doubleValue: '-0' });
    expect(logOf('{"body":{"doubleValue":3}}').body).toEqual({ doubleValue: 3 });
  });

  it('may begin with a byte order mark', () => {
    expect(decodeLogs(Buffer.from('\uFEFF{}'), 'json').groups).toEqual([]);
  });

  it('takes the last of a member that comes twice, as protobuf does', () => {
    expect(logOf('{"severityText":"a","severityText":"b"}').severityText).toBe('b');
    expect(logOf('{"body":{"stringValue":"a","intValue":1}}').body).toEqual({ intValue: '1' });
  });
});

describe('an OTLP/JSON body that is wrong', () => {
  const before = '{"resourceLogs":[{"scopeLogs":[{},{"logRecords":[{},{},{},';
  const after = ']}]}]}';
  it.each([
    ['{"timeUnixNano":true}', 'timeUnixNano must be an integer from 0 to 18446744073709551615'],
    ['{"timeUnixNano":-1}', 'timeUnixNano must be an integer'],
    ['{"timeUnixNano":"18446744073709551616"}', 'timeUnixNano must be an integer'],
    ['{"timeUnixNano":1.5}', 'timeUnixNano must be an integer'],
    ['{"timeUnixNano":1e400}', 'timeUnixNano must be an integer'],
    ['{"timeUnixNano":"1e999999999"}', 'timeUnixNano must be an integer'],
    ['{"timeUnixNano":{}}', 'timeUnixNano must be an integer'],
    ['{"severityNumber":"SEVERITY_NUMBER_INFO"}', 'severityNumber must be an integer'],
    ['{"severityNumber":"9"}', 'severityNumber must be an integer'],
    ['{"severityText":5}', 'severityText must be a string'],
    ['{"severityText":["a"]}', 'severityText must be a string'],
    ['{"flags":4294967296}', 'flags must be an integer from 0 to 4294967295'],
    ['{"attributes":{}}', 'attributes must be an array'],
    ['{"attributes":[null]}', 'attributes[0] must be an object'],
    ['{"attributes":[{},{"value":"x"}]}', 'attributes[1].value must be an object'],
    ['{"attributes":[{"value":{"intValue":9223372036854775808}}]}', 'attributes[0].value.intValue must be an integer'],
    ['{"body":{"boolValue":"true"}}', 'body.boolValue must be true or false'],
    ['{"body":{"doubleValue":"x"}}', 'body.doubleValue must be a number'],
    ['{"body":{"doubleValue":1e999}}', 'body.doubleValue must be a number'],
    ['{"body":{"bytesValue":"a?"}}', 'body.bytesValue must be a string of base64'],
    ['{"body":{"bytesValue":"abcde"}}', 'body.bytesValue must be a string of base64'],
    [
      '{"body":{"kvlistValue":{"values":[{"value":{"arrayValue":{"values":[7]}}}]}}}',
      'body.kvlistValue.values[0].value.arrayValue.values[0] must be an object',
    ],
  ])('is refused with its path: %s', (record, message) => {
    const error = errorOf(() => decodeLogs(Buffer.from(`${before}${record}${after}`), 'json'));
    expect(error.code).toBe('malformed_body');
    expect(error.message).toContain(`resourceLogs[0].scopeLogs[1].logRecords[3].${message}`);
    expect(error.field).toMatch(/^resourceLogs\[0\]\.scopeLogs\[1\]\.logRecords\[3\]\./);
  });

  it.each([
    ' ',
    'null',
    '[]',
    '"x"',
    '1',
    '{',
    '{}{}',
    '{},',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{"a" 1}',
    '{a:1}',
    "{'a':1}",
    '{"a":[1,]}',
    '{"a":[1 2]}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":-}',
    '{"a":tru}',
    '{"a":nul}',
    '{"a":NaN}',
    '{"a":"\n"}',
    '{"a":"\\x"}',
    '{"a":"\\u12"}',
    '{"a":"b',
    '{"a":"b\\"}',
    '{"a":[}',
    '{"a":{]}',
    '{"a":1}]',
    '{"resourceLogs":[}',
    '{"resourceLogs":[{}',
    '{"resourceLogs":[{},]}',
    '{"resourceLogs":[{} {}]}',
    '{"resourceLogs":[{"schemaUrl":}]}',
    '\u00a0{}',
  ])('is refused where it is not JSON: %j', (text) => {
    expect(errorOf(() => decodeLogs(Buffer.from(text), 'json')).code).toBe('malformed_body');
  });

  it('is refused when it nests without end, without running out of stack', () => {
    for (const text of [
      `{"x":${'['.repeat(1_000_000)}`,
      `{"resourceLogs":[{"resource":{"attributes":[{"value":${'{"arrayValue":{"values":['.repeat(300_000)}`,
    ]) {
      expect(errorOf(() => decodeLogs(Buffer.from(text), 'json')).message).toContain('inside one another');
    }
  });
});

describe('a span in OTLP/JSON', () => {
  it('has its kind and status as integers only', () => {
    expect(spanOf('{"kind":3,"status":{"code":2}}')).toMatchObject({ kind: 3, status: { code: 2 } });
    expect(errorOf(() => spanOf('{"kind":"SPAN_KIND_CLIENT"}')).message).toContain(
      'resourceSpans[0].scopeSpans[0].spans[0].kind must be an integer',
    );
  });
});

function logOf(record: string): OtlpLogRecord {
  const log = decodeLogs(Buffer.from(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record}]}]}]}`), 'json').groups[0]?.scopes[0]
    ?.records[0];
  if (!log) throw new Error('expected one record');
  return log;
}

function spanOf(record: string): OtlpSpan {
  const span = decodeTraces(Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${record}]}]}]}`), 'json').groups[0]?.scopes[0]
    ?.records[0];
  if (!span) throw new Error('expected one span');
  return span;
}

function errorOf(act: () => unknown): ThreadlineError {
  try {
    act();
  } catch (error) {
    if (error instanceof ThreadlineError) return error;
    throw error;
  }
  throw new Error('expected an error');
}
