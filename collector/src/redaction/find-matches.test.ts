import { parseRegex } from '@threadline/query-language';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCardNumbers } from './find-card-numbers.ts';
import { findMatches } from './find-matches.ts';
import { compilePattern, NAMED_PATTERNS } from './value-patterns.ts';

/** Far above what a linear search takes, far below a quadratic one. */
const MAX_MILLIS = 20_000;

function found(pattern: string, text: string): string[] {
  return compilePattern(pattern)(text).map(([start, end]) => text.slice(start, end));
}

describe('findMatches', () => {
  it.each([
    ['a+', 'xaaxa', ['aa', 'a']],
    ['sk_[a-z0-9]+', 'key sk_live1, sk_test2.', ['sk_live1', 'sk_test2']],
    ['abc|bcd', 'abcd', ['abcd']],
    ['aba', 'ababa aba', ['ababa', 'aba']],
    ['ab|c|abcd', 'abcd', ['abcd']],
    ['\\d{3}-\\d{2}', '12345-67', ['345-67']],
    ['[\\w]+@x', 'a_b@x', ['a_b@x']],
    ['a/b', 'a/b', ['a/b']],
    ['.😀', 'a😀😀', ['a😀😀']],
    ['한+', '한한국', ['한한']],
    ['a', 'bbb', []],
  ])('finds with %s in %s', (pattern, text, expected) => {
    expect(found(pattern, text)).toEqual(expected);
  });

  it('covers exactly the characters that some match covers', () => {
    const patterns = ['ab', 'a+b', 'aba', '(ab)+', 'a[ab]{1,3}b', 'b|aab', 'a.b', '(a|ba)(b|ab)*'];
    fc.assert(
      fc.property(fc.constantFrom(...patterns), fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 }), (pattern, text) => {
        const covered = new Set<number>();
        const whole = new RegExp(`^(?:${pattern})$`);
        for (let start = 0; start < text.length; start += 1)
          for (let end = start + 1; end <= text.length; end += 1)
            if (whole.test(text.slice(start, end))) for (let at = start; at < end; at += 1) covered.add(at);
        const { regex } = parseRegex(`/${pattern}/`, 0);
        const ranges = findMatches(regex)(text).flatMap(([start, end]) => Array.from({ length: end - start }, (_, index) => start + index));
        expect(ranges).toEqual([...covered].sort((left, right) => left - right));
      }),
      { numRuns: 500 },
    );
  });

  it('takes a time that grows with the text alone', () => {
    const started = performance.now();
    for (const pattern of ['(a+)+b', '(a|aa)+$'.replace('$', 'c'), 'a.*a.*a.*b', '[a-z]+@x'])
      compilePattern(pattern)(`${'a'.repeat(300_000)}@`);
    compilePattern('a+b')(`${'a'.repeat(300_000)}b`);
    findCardNumbers('4 '.repeat(300_000));
    findCardNumbers('4111 '.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(MAX_MILLIS);
  });
});

describe('an expression is refused', () => {
  it.each([
    ['a*', 'matches nothing at all'],
    ['^a', 'there are no anchors'],
    ['a$', 'there are no anchors'],
    ['\\ba', 'there are no anchors'],
    ['a\\', 'ends in a backslash'],
    ['(a', 'is no regular expression'],
    ['(?:a)', 'is no regular expression'],
    ['(a{1000}){5}b{1000}', 'is no regular expression'],
  ])('%s', (pattern, problem) => {
    expect(() => compilePattern(pattern)).toThrow(problem);
  });
});

describe('named patterns', () => {
  const PARTS = ['ghp_', 'a'.repeat(36)];
  it.each([
    [
      'card_number',
      'paid 4111 1111 1111 1111, 378282246310005 and 5555-5555-5555-4444.',
      ['4111 1111 1111 1111', '378282246310005', '5555-5555-5555-4444'],
    ],
    ['card_number', 'not 4111111111111112, 1764140508123456789, a4111111111111111, 41111111111111111111 or 4111111111111111f', []],
    ['card_number', 'first 12 4222222222222 7', ['4222222222222']],
    ['card_number', 'took 0.4111111111111111 s, or 4111111111111111.25 ns', []],
    ['card_number', 'It was 4111111111111111. 12 are left', ['4111111111111111']],
    ['email', 'mail kim@example.co.kr or <a.b+c@x.org>', ['kim@example.co.kr', 'a.b+c@x.org']],
    ['email', 'user@localhost has no dot', []],
    ['bearer_token', 'authorization: Bearer abc.DEF-1_2/=, bearer x', ['Bearer abc.DEF-1_2/=', 'bearer x']],
    ['basic_auth', 'Basic dXNlcjpwYXNz', ['Basic dXNlcjpwYXNz']],
    ['jwt', 't=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln!', ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln']],
    ['url_password', 'postgres://app:s3cret@db/x http://a/b:c@d', ['://app:s3cret@']],
    [
      'private_key',
      `x\n${'-----BEGIN'} RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----`,
      [`${'-----BEGIN'} RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----`],
    ],
    ['aws_access_key', 'id AKIAIOSFODNN7EXAMPLE', ['AKIAIOSFODNN7EXAMPLE']],
    ['github_token', `x ${PARTS.join('')}`, [PARTS.join('')]],
    ['ipv4', 'from 10.1.2.3:80', ['10.1.2.3']],
    ['us_ssn', 'ssn 078-05-1120', ['078-05-1120']],
  ] as const)('%s: %s', (name, text, expected) => {
    expect(NAMED_PATTERNS[name]()(text).map(([start, end]) => text.slice(start, end))).toEqual(expected);
  });
});
