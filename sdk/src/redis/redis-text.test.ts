import { expect, it } from 'vitest';
import { readRedisCommand, redisErrorCode } from './redis-text.ts';

it.each([
  ['set', ['user:1', 'secret', 'EX', 60], 'SET user:1 ? ? ?'],
  ['GET', [Buffer.from('user:1')], 'GET user:1'],
  ['mset', ['a', 'secret', 'b', 'secret'], 'MSET a ? ? ?'],
  ['auth', ['user', 'secret'], 'AUTH ? ?'],
  ['eval', ['return ARGV[1]', 0, 'secret'], 'EVAL ? ? ?'],
  ['hello', [3, 'AUTH', 'user', 'secret'], 'HELLO ? ? ? ?'],
  ['unknown', ['secret'], 'UNKNOWN ?'],
  ['del', Array.from({ length: 30 }, (_, index) => `key:${index}`), 'DEL key:0 ? ? ? ? ? ? ? ? …'],
])('%s is shown with its key and no value', (name, args, text) => {
  expect(readRedisCommand(name, args)).toBe(text);
});

it('an error’s code is its first word in capitals', () => {
  expect(redisErrorCode(new Error('WRONGTYPE Operation against a key'))).toBe('WRONGTYPE');
  expect(redisErrorCode(new Error('Connection is closed.'))).toBeUndefined();
});
