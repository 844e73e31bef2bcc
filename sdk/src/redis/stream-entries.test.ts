import { expect, it } from 'vitest';
import { carriesContext, followStreams } from './stream-entries.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** What was found, as names and carriers. */
function follow(reply: unknown, keyed?: string): unknown[] {
  const found: unknown[] = [];
  followStreams(reply, keyed, (stream, carriers) => {
    found.push([stream, carriers]);
    return [];
  });
  return found;
}

it('takes ours out of the lists of RESP2, whatever stands beside them', () => {
  const reply = [
    [
      's',
      [
        ['1-0', ['traceparent', traceparent, 'a', '1', 'baggage', 'b']],
        ['2-0', ['a', 'traceparent']],
      ],
    ],
  ];
  expect(follow(reply)).toEqual([['s', [{ traceparent, baggage: 'b' }, {}]]]);
  expect(reply).toEqual([
    [
      's',
      [
        ['1-0', ['a', '1']],
        ['2-0', ['a', 'traceparent']],
      ],
    ],
  ]);
});

it('takes ours out of bytes, of node-redis’s objects, of maps and of a claim’s answer', () => {
  const bytes = [[Buffer.from('s'), [[Buffer.from('1-0'), [Buffer.from('traceparent'), Buffer.from(traceparent)]]]]];
  expect(follow(bytes)).toEqual([['s', [{ traceparent: Buffer.from(traceparent) }]]]);
  const objects = [{ name: 's', messages: [{ id: '1-0', message: { a: '1', traceparent } }] }];
  expect(follow(objects)).toEqual([['s', [{ traceparent }]]]);
  expect(objects).toEqual([{ name: 's', messages: [{ id: '1-0', message: { a: '1' } }] }]);
  expect(follow(new Map([['s', [['1-0', ['traceparent', traceparent]]]]]))).toEqual([['s', [{ traceparent }]]]);
  expect(follow(['0-0', [['1-0', ['traceparent', traceparent]]], []], 's')).toEqual([['s', [{ traceparent }]]]);
  expect(follow({ nextId: '0-0', messages: [null, { id: '1-0', message: { traceparent } }] }, 's')).toEqual([['s', [{ traceparent }]]]);
});

it.each([null, undefined, 'OK', 7, [], {}, [['s', []]], ['0-0', [], []]])('finds nothing in %j', (reply) => {
  expect(follow(reply)).toEqual([]);
});

it('an entry that the app gave a traceparent is left to it', () => {
  expect(carriesContext(['s', '*', 'traceparent', 'x'])).toBe(true);
  expect(carriesContext(['s', '*', Buffer.from('traceparent'), 'x'])).toBe(true);
  expect(carriesContext(['s', '*', 'a', 'b'])).toBe(false);
});
