import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactText, type TextRules } from './redact-text.ts';
import { createSecretNames } from './secret-names.ts';

const RULES: TextRules = { names: createSecretNames([]), emails: false, patterns: [] };
const redact = (text: string, changes: Partial<TextRules> = {}): string => redactText(text, { ...RULES, ...changes });
const BASIC = Buffer.from('bob:hunter2').toString('base64');

describe('redactText', () => {
  it.each([
    ['sent Bearer abc.def-1 to it', 'sent Bearer REDACTED to it'],
    [`BASIC ${BASIC}`, 'BASIC REDACTED'],
    ['Digest username="bob", response="1f"', 'Digest REDACTED'],
    [`['Authorization', 'Basic ${BASIC}']`, "['Authorization', 'Basic REDACTED']"],
    ['got eyJhbGciOiJI.eyJzdWIi.c2ln in it', 'got REDACTED in it'],
    ['postgres://bob:hunter2@db:5432/orders', 'postgres://REDACTED:REDACTED@db:5432/orders'],
    ['redis://:pa/s@s@cache/0 is away', 'redis://REDACTED:REDACTED@cache/0 is away'],
    ['https://token@a.example/x, https://b.example', 'https://REDACTED:REDACTED@a.example/x, https://b.example'],
    ['GET /x?token=abc&page=2', 'GET /x?token=REDACTED&page=2'],
    [
      '/graphql?variables=%7B%22user%22%3A%22bob%22%2C%22password%22%3A%22a+b%22%7D&x=1',
      '/graphql?variables=%7B%22user%22%3A%22bob%22%2C%22password%22%3A%22REDACTED%22%7D&x=1',
    ],
    ['/x?headers=Authorization%3A%20Bearer%20abcd&y=2', '/x?headers=Authorization%3A%20REDACTED&y=2'],
    ['/x?to=/login%3Fnext%3D%252Fy%253Ftoken%253Dabc%2526page%253D2', '/x?to=/login%3Fnext%3D%252Fy%253Ftoken%253DREDACTED%2526page%253D2'],
    ['<u><name>bob</name><password>a b</password></u>', '<u><name>bob</name><password>REDACTED</password></u>'],
    ['<wsse:Password Type="#Text">abc</wsse:Password ><x/>', '<wsse:Password Type="#Text">REDACTED</wsse:Password ><x/>'],
    ['<token><![CDATA[a</b]]></token>', '<token>REDACTED</token>'],
    ['<passwordHint>pet</passwordHint><password>\n abc\n</password>', '<passwordHint>pet</passwordHint><password>REDACTED</password>'],
    ['mysql --password hunter2 -h db', 'mysql --password REDACTED -h db'],
    ["run '--api-key' x; run --api-key 'a b' --verbose", "run '--api-key' x; run --api-key REDACTED --verbose"],
    ["CREATE USER bob WITH PASSWORD 'it''s me' LOGIN", "CREATE USER bob WITH PASSWORD 'REDACTED' LOGIN"],
    ["ALTER USER bob IDENTIFIED WITH caching_sha2_password BY 'abc'", "ALTER USER bob IDENTIFIED WITH caching_sha2_password BY 'REDACTED'"],
    ['Key (api_key)=(sk-live-1) already exists.', 'Key (api_key)=(REDACTED) already exists.'],
    [
      'Key (tenant, "accessToken")=(1, a(b)c) is not present in table "x".',
      'Key (tenant, "accessToken")=(REDACTED) is not present in table "x".',
    ],
    ["Duplicate entry 'it's' for key 'users.api_key'", "Duplicate entry 'REDACTED' for key 'users.api_key'"],
    ['wrong password "hunter2" for bob', 'wrong password "REDACTED" for bob'],
    [
      'key: -----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----, ok',
      'key: -----BEGIN RSA PRIVATE KEY-----REDACTED-----END RSA PRIVATE KEY-----, ok',
    ],
    ['-----BEGIN PRIVATE KEY-----\\nMIIE', '-----BEGIN PRIVATE KEY-----REDACTED'],
    ['paid with 4111 1111 1111 1111 today', 'paid with REDACTED today'],
    ['/pay?card=4111+1111+1111+1111&x=1', '/pay?card=REDACTED&x=1'],
    ['INSERT INTO cards VALUES (4111111111111111)', 'INSERT INTO cards VALUES (REDACTED)'],
    ['paid with 4111.1111.1111.1111 or 4111_1111_1111_1111.', 'paid with REDACTED or REDACTED.'],
  ])('hides the secret of %j', (text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  it.each([
    'order read',
    'took 0.4539148803436467 s, 542.4111111111111111 ms',
    'the bearer token is missing',
    'Basic information about it',
    'the best of 3',
    'https://a.example:8080/@scope/name?x=1',
    'mail bob@a.example: sent',
    "Key (email)=(bob) already exists; Duplicate entry 'bob' for key 'users.name'",
    'expected <token> but got <eof>, </b> and <password/>',
    '<tokenizer>bpe</tokenizer><passwordHint>pet</passwordHint>',
    'usage: login --password <password> [--token TOKEN], --password is needed, --secret --verbose',
    'the password must not be "x"; Unexpected token "}" in JSON; secret "db" not found',
    '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----',
    '/x?at=10%3A30%3A00&note=token%3A%20expired&share=50%25&odd=%zz%2',
    'at 2026-11-26T07:00:00.000Z, 1764140508123456789',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  ])('leaves %j as it is', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('hides addresses of e-mail when asked to', () => {
    expect(redact('from bob.o+x@a.example, to=eve%40b.example.', { emails: true })).toBe('from REDACTED, to=REDACTED.');
    expect(redact('a @ b, @scope/name, bob@localhost', { emails: true })).toBe('a @ b, @scope/name, bob@localhost');
  });

  it('hides what the app’s patterns match', () => {
    expect(redact('patient P-123 and P-4', { patterns: [/P-\d+/g] })).toBe('patient REDACTED and REDACTED');
  });

  it('hides a secret whatever is around it', () => {
    const parts = fc.constantFrom(
      ...['token=', 'Bearer ', 'digest a=', '"password":"', "'", '"', '`', '\\', '&', '%3D', '{', '}', '[', ']', '4111111111111111'],
      ...['https://', '@', ' ', 'a1', ': ', 'cookie: ', 'sig', '\n', 'eyJaaaaaaaa.b'],
    );
    const around = fc.array(fc.oneof(parts, fc.string({ maxLength: 5 })), { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(around, around, (before, after) => {
        for (const written of [
          ' token=zq7secret8 ',
          ' "password":"zq7secret8" ',
          '\nauthorization: zq7secret8\n',
          ' Bearer zq7secret8 ',
          ' /?q=%22password%22%3A%22zq7secret8%22 ',
        ]) {
          expect(redact(before + written + after)).not.toContain('zq7secret8');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes a time that grows with the length alone', () => {
    for (const part of [
      'Bearer ',
      '://',
      'a@',
      '4111 ',
      'eyJaaaaaaaa.',
      'https://:a/',
      '%40',
      'digest a=',
      '%3a',
      '%25',
      '%2525',
      'token%253A',
    ]) {
      expect(redact(part.repeat(100_000), { emails: true })).toBeTypeOf('string');
    }
  });
});
