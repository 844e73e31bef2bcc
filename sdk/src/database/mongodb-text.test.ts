import { expect, it } from 'vitest';
import { readMongoCommand } from './mongodb-text.ts';

it('shows a command’s collection, fields and operators, and no value', () => {
  const command = {
    aggregate: 'orders',
    pipeline: [{ $match: { email: 'secret', $or: [{ age: { $gt: 7 } }, { name: /secret/ }] } }, { $limit: 5 }],
    cursor: { batchSize: 10 },
    lsid: { id: 'secret' },
    $db: 'shop',
  };
  expect(JSON.parse(readMongoCommand(command, 'orders'))).toEqual({
    aggregate: 'orders',
    pipeline: [{ $match: { email: '?', $or: [{ age: { $gt: '?' } }, { name: '?' }] } }, { $limit: '?' }],
    cursor: { batchSize: '?' },
  });
});

it('hides documents, objects of classes, buffers, and what is deeper than it shows', () => {
  const deep = { a: { b: { c: { d: { e: { f: { g: 'secret' } } } } } } };
  const command = {
    insert: 'users',
    documents: [{ secret: 1 }],
    at: new Date(),
    bytes: Buffer.from('secret'),
    map: new Map([['secret', 1]]),
    deep,
  };
  expect(readMongoCommand(command, 'users')).not.toMatch(/secret|202\d/);
  expect(JSON.parse(readMongoCommand({ killCursors: 'users', cursors: [7n, 8n] }, 'users'))).toEqual({
    killCursors: 'users',
    cursors: '?',
  });
});
