import { describe, expect, it } from 'vitest';
import { findNamedSecrets } from './named-values.ts';
import { createSecretNames } from './secret-names.ts';

const names = createSecretNames([]);

function hidden(text: string): string[] {
  return findNamedSecrets(text, names).map(([start, end]) => text.slice(start, end));
}

describe('findNamedSecrets', () => {
  it.each([
    ['a query', 'GET /orders?page=2&access_token=abc&x=1', 'abc'],
    ['a query that is all there is', 'sig=a%2Fb&page=2', 'a%2Fb'],
    ['an escaped name', '/?access%5Ftoken=abc#top', 'abc'],
    ['a query in a query', '/login?next=https%3A%2F%2Fx%2F%3Ftoken%3Dabc%26page%3D2', 'abc'],
    ['a form', 'grant_type=password&client_secret=x;y&scope=a', 'x;y'],
    ['a header', 'authorization: Digest a="b", c=d', 'Digest a="b", c=d'],
    ['a header in a head', 'Host: a\r\nCookie: a=1; b="2"\r\nAccept: */*', 'a=1; b="2"'],
    ['a header of a command', "curl -H 'X-Api-Key: ab cd' https://x", 'ab'],
    ['a cookie of a command', 'curl -H \'Cookie: a="1"; b=2\' https://x', 'a="1"; b=2'],
    ['a cookie that is all there is', 'cookie=a=1; b=2', 'a=1; b=2'],
    ['JSON', '{"user":"a","password":"b\\"c","age":3}', 'b\\"c'],
    ['JSON without blanks after a parameter', '{"url":"/x?token=abc","user":"bob"}', 'abc'],
    ['JSON in JSON', '{"body":"{\\"password\\":\\"a b\\",\\"age\\":3}"}', 'a b'],
    ['a number in JSON', '{"cvv": 123, "age": 3}', '123,'],
    ['a list in JSON', '{"cookies":["a=1","b=2"],"age":3}', '["a=1","b=2"]'],
    ['a map in JSON', '{"credentials":{"a":{"b":"c"}},"age":3}', '{"a":{"b":"c"}}'],
    ['what util.inspect writes', "{ user: 'a', password: 'it\\'s', age: 3 }", "it\\'s"],
    ['logfmt', 'level=info password=a,b;c status=200', 'a,b;c'],
    ['a hash rocket', "{ 'password' => 'a b' }", 'a b'],
    ['an assignment', 'config["password"] = "a b"', 'a b'],
    ['SQL', "UPDATE users SET password = 'it''s me', age = 3", "it''s me"],
    ['a connection string', 'Server=db;Password=abc Database=x', 'abc'],
    ['YAML', 'user: a\npassword: hunter\nage: 3', 'hunter'],
    ['a sentence with a secret', 'the token: a1b2 was refused', 'a1b2'],
    ['text that was cut', '{"password":"a b', 'a b'],
    ['a longer name in a sentence', 'got refresh_token: abcdefghijkl from bob', 'abcdefghijkl'],
    ['a header of letters', 'X-Amz-Security-Token: FwoGZXIvYXdzE', 'FwoGZXIvYXdzE'],
    ['a name in two words', 'sessionId: abcdef', 'abcdef'],
    ['a name of parts', 'user.token: abcdef was refused', 'abcdef'],
    ['a word and nothing else', 'token: qwertyuiop', 'qwertyuiop'],
    ['a word and nothing else, further apart', 'jwt : abcdef\n', 'abcdef'],
    ['a word on a line of its own', 'failed\n  otp: abcdef\n  user: bob', 'abcdef'],
    ['a word among fields', '[info] sid: abcdef, user: bob', 'abcdef,'],
    ['a word before another field', 'ERROR: token: abcdef user=bob', 'abcdef'],
    ['a word in a map', "{ user: 'bob', token: abcdef }", 'abcdef'],
    ['a password with a number', 'password2: hunter', 'hunter'],
    ['a list in JSON under a name of several', '{"apiKeys":["a","b"],"age":3}', '["a","b"]'],
    ['a map in JSON under a name of several', '{"passwords":{"db":"x"},"age":3}', '{"db":"x"}'],
    ['a map that util.inspect writes', "{ passwords: { db: 'x' }, age: 3 }", "{ db: 'x' }"],
    ['a field of several', 'level=info tokens=abc,def status=200', 'abc,def'],
  ])('finds the value in %s', (_where, text, value) => {
    expect(hidden(text)).toEqual([value]);
  });

  it.each([
    'could not refresh the token: connection refused',
    'auth: failed for bob',
    'invalid token: expected string',
    'Invalid token: identifier',
    'token: expired',
    'pin: wrong, otp: missing',
    "{ accessToken: undefined, refresh_token: null, user: 'bob' }",
    '{ token: null }',
    'usage: { prompt_tokens: 12, max_tokens: 1,024, tokens: { total: 20, cached: [1, 2] } }',
    '{"usage":{"tokens":{"input":12,"output":-3.5}},"max_tokens":512}',
    'max tokens: unlimited for bob, passwords: must match',
    'level=info prompt_tokens=512 secrets=3',
    'GET /orders?page=2&sort=asc',
    'Error: boom\n    at Object.token (file:///app/auth.js:12:34)',
    'password=',
    '"tokens":5',
    '12:30:45',
    ': = ::',
  ])('finds nothing in %j', (text) => {
    expect(hidden(text)).toEqual([]);
  });

  it('takes a time that grows with the length alone', () => {
    for (const part of [
      'token=',
      'a:',
      "token='",
      '"',
      '\\',
      '= ',
      'password":"',
      '[',
      'x%3D',
      'token=[',
      'tokens:{a:',
      'token: a ',
      '1:',
    ]) {
      expect(findNamedSecrets(part.repeat(50_000), names)).toBeDefined();
    }
  });
});
