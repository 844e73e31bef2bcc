import { expect, it } from 'vitest';
import { hideSecretValues } from './secret-query.ts';

it.each([
  ['', ''],
  ['page=2&sort=', 'page=2&sort='],
  ['sig=abc%2F&page=2', 'sig=REDACTED&page=2'],
  ['a&AWSAccessKeyId=k&Signature=s=t', 'a&AWSAccessKeyId=REDACTED&Signature=REDACTED'],
  ['X-Goog-Signature=1&x-amz-security-token=2', 'X-Goog-Signature=REDACTED&x-amz-security-token=REDACTED'],
  ['access%5Ftoken=1&api_key=2&userPassword=3', 'access%5Ftoken=REDACTED&api_key=REDACTED&userPassword=REDACTED'],
  ['%=1&design=2&%zztoken=3', '%=1&design=2&%zztoken=REDACTED'],
])('hides the values of secrets and nothing else: %s', (query, expected) => {
  expect(hideSecretValues(query)).toBe(expected);
});
