import { describe, expect, it } from 'vitest';
import { readRedaction } from './redaction-config.ts';
import { createRedactor, type Redactor } from './redactor.ts';

const create = (names: readonly string[] = []): Redactor => createRedactor({ names, emails: false, patterns: [] });

describe('createRedactor', () => {
  const redactor = create(['ssn']);

  it('hides values of secret names, whatever they are, and shows what says nothing', () => {
    expect(redactor.value('password', 'x')).toBe('REDACTED');
    expect(redactor.value('ssn', 12)).toBe('REDACTED');
    expect(redactor.value('http.request.header.cookie', ['a=1'])).toBe('REDACTED');
    expect(redactor.value('auth', true)).toBe(true);
    expect(redactor.value('token', null)).toBeNull();
  });

  it('looks into lists and maps, however deep, and copies only those in which it hides something', () => {
    const kept = { list: [1, 'two', { three: 3 }] };
    const given = { kept, user: { name: 'bob', password: 'x', notes: ['Bearer abc1', 'fine'] } };
    const shown = redactor.value('given', given);
    expect(shown).toEqual({ kept, user: { name: 'bob', password: 'REDACTED', notes: ['Bearer REDACTED', 'fine'] } });
    expect(Reflect.get(Object(shown), 'kept')).toBe(kept);
    expect(given.user.password).toBe('x');
    expect(redactor.value('kept', kept)).toBe(kept);
  });

  it('hides card numbers that are numbers', () => {
    expect(redactor.value('n', [4111111111111111, 4111111111111112, 42, 4111111111111111n])).toEqual([
      'REDACTED',
      4111111111111112,
      42,
      'REDACTED',
    ]);
  });

  it('hides no decimals', () => {
    for (const value of [4111111111111.25, 4222222222222.5, 0.4111111111111111]) expect(redactor.value('n', value)).toBe(value);
    for (let fraction = 1; fraction < 64; fraction += 2) expect(redactor.value('n', 40000000000000 + fraction / 64)).not.toBe('REDACTED');
  });

  it('hides headers that are a list, and fields that are pairs', () => {
    expect(redactor.value('raw', ['Host', 'a', 'Cookie', 'b=1'])).toEqual(['Host', 'a', 'Cookie', 'REDACTED']);
    expect(
      redactor.value('headers', [
        { name: 'Cookie', value: 'b=1' },
        { key: 'page', value: '2' },
      ]),
    ).toEqual([
      { name: 'Cookie', value: 'REDACTED' },
      { key: 'page', value: '2' },
    ]);
  });

  it('hides what follows a header, and what is paired with a secret name', () => {
    const raw = ['X-Api-Key', 'abcdef', 'Host', 'a', 'X-Auth-Token', ['b']];
    expect(redactor.value('rawHeaders', raw)).toEqual(['X-Api-Key', 'REDACTED', 'Host', 'a', 'X-Auth-Token', 'REDACTED']);
    const entries = [
      ['x-api-key', 'abc'],
      ['password', { old: 'x' }],
      ['tokens', [1, 'abc']],
      ['page', '2'],
    ];
    expect(redactor.value('entries', entries)).toEqual([
      ['x-api-key', 'REDACTED'],
      ['password', 'REDACTED'],
      ['tokens', [1, 'REDACTED']],
      ['page', '2'],
    ]);
    const fields = ['token', 'password', 'email', 'apiKey', 'name'];
    expect(redactor.value('missing', fields)).toBe(fields);
  });

  it('hides texts under a name of several secrets, and no numbers', () => {
    expect(redactor.value('passwords', { db: 'x', list: ['y', { z: Buffer.from('z') }] })).toEqual({
      db: 'REDACTED',
      list: ['REDACTED', { z: 'REDACTED' }],
    });
    expect(redactor.value('apiKeys', 'k1,k2')).toBe('REDACTED');
    const usage = { prompt_tokens: 12, max_tokens: '1,024', tokens: { total: 20, cached: [1, 2], isExact: true }, token_count: 5 };
    expect(redactor.value('usage', usage)).toBe(usage);
    const attributes = { 'gen_ai.usage.input_tokens': 512, secrets: 'a' };
    redactor.attributes(attributes);
    expect(attributes).toEqual({ 'gen_ai.usage.input_tokens': 512, secrets: 'REDACTED' });
  });

  it('hides secrets in keys', () => {
    expect(redactor.value('counts', { 'https://a:b@c/': 1 })).toEqual({ 'https://REDACTED:REDACTED@c/': 1 });
    const attributes = { 'card 4111111111111111': 1, other: 2 };
    redactor.attributes(attributes);
    expect(attributes).toEqual({ 'card REDACTED': 1, other: 2 });
  });

  it('hides secrets in bytes, and leaves other bytes as they are', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(redactor.value('bytes', bytes)).toBe(bytes);
    expect(Buffer.from(Object(redactor.value('body', Buffer.from('{"password":"hüt"}')))).toString()).toBe('{"password":"REDACTED"}');
  });

  it('never changes the correlation id', () => {
    const attributes = { 'correlation.id': '4111111111111111', card: '4111111111111111' };
    redactor.attributes(attributes);
    expect(attributes).toEqual({ 'correlation.id': '4111111111111111', card: 'REDACTED' });
  });

  it('survives what contains itself and what throws', () => {
    const cycle: Record<string, unknown> = { name: 'x' };
    for (let index = 0; index < 20; index += 1) cycle[`self${index}`] = cycle;
    expect(redactor.value('cycle', cycle)).toBeDefined();
    const hostile = {
      get password(): string {
        throw new Error('no');
      },
    };
    expect(redactor.value('hostile', hostile)).toBe('REDACTED');
  });

  it('knows names beyond those that it remembers', () => {
    const fresh = create();
    for (let index = 0; index < 5000; index += 1) fresh.value(`key-${index}`, 1);
    expect(fresh.value('late.password', 'x')).toBe('REDACTED');
  });
});

describe('readRedaction', () => {
  it('hides by default, no e-mail, and nothing when it is off', () => {
    expect(readRedaction({}, undefined)).toEqual({ names: [], emails: false, patterns: [] });
    expect(readRedaction({ THREADLINE_SDK_REDACTION: 'off' }, undefined)).toBeUndefined();
    expect(readRedaction({}, false)).toBeUndefined();
  });

  it('reads the environment, and options in its place', () => {
    const environment = {
      THREADLINE_SDK_REDACT_NAMES: 'ssn, *.iban',
      THREADLINE_SDK_REDACT_EMAILS: 'true',
      THREADLINE_SDK_REDACTION: 'off',
    };
    expect(readRedaction({ ...environment, THREADLINE_SDK_REDACTION: 'on' }, undefined)).toMatchObject({
      names: ['ssn', '*.iban'],
      emails: true,
    });
    expect(readRedaction(environment, { names: ['mine'], emails: false })).toMatchObject({ names: ['mine'], emails: false });
  });

  it('searches a pattern everywhere, whatever its flags', () => {
    expect(readRedaction({}, { patterns: [/a/y, /b/gi] })?.patterns).toEqual([/a/g, /b/gi]);
  });

  it.each([
    [{ THREADLINE_SDK_REDACTION: 'no' }, undefined, 'THREADLINE_SDK_REDACTION: expected on or off, got "no"'],
    [{ THREADLINE_SDK_REDACT_EMAILS: 'yes' }, undefined, 'THREADLINE_SDK_REDACT_EMAILS: expected true or false, got "yes"'],
    [{ THREADLINE_SDK_REDACT_NAMES: 'a,b c' }, undefined, 'THREADLINE_SDK_REDACT_NAMES: expected names such as ssn or *.iban, got "b c"'],
    [{}, { names: ['*'] }, 'THREADLINE_SDK_REDACT_NAMES: expected names such as ssn or *.iban, got "*"'],
    [{}, { patterns: [/a*/] }, 'redaction.patterns: expected regular expressions that match at least one character, got "/a*/"'],
  ])('refuses %j, %j', (environment, options, message) => {
    expect(() => readRedaction(environment, options)).toThrow(message);
  });
});
