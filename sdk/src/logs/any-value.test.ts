import { expect, it } from 'vitest';
import { toAnyValue } from './any-value.ts';

it('keeps what OTLP has a type for', () => {
  const value = { text: 'a', int: 5, double: 5.5, yes: true, none: null, list: [1, 'b'], map: { deep: { er: 1 } } };
  expect(toAnyValue(value)).toEqual(value);
  expect(toAnyValue(new Uint8Array([1, 2]))).toEqual(new Uint8Array([1, 2]));
});

it('turns everything else into the nearest of these', () => {
  const date = new Date(0);
  expect(
    toAnyValue([
      date,
      new Date(Number.NaN),
      5n,
      2n ** 70n,
      /x/u,
      new URL('http://a/'),
      new Set([1]),
      new Map([['k', 1]]),
      new TypeError('t'),
    ]),
  ).toEqual([
    '1970-01-01T00:00:00.000Z',
    'Invalid Date',
    5,
    '1180591620717411303424',
    '/x/u',
    'http://a/',
    [1],
    { k: 1 },
    { type: 'TypeError', message: 't' },
  ]);
  expect(
    toAnyValue([
      new Number(3),
      new String('boxed'),
      new Boolean(false),
      new URLSearchParams({ a: 'b', c: 'd' }),
      new Headers({ 'X-Api-Key': 'k', a: 'b' }),
    ]),
  ).toEqual([3, 'boxed', false, 'a=b&c=d', { 'x-api-key': 'k', a: 'b' }]);
  expect(toAnyValue({ f: () => 1, s: Symbol('s'), u: undefined, json: { toJSON: () => ({ a: 1 }) } })).toEqual({ json: { a: 1 } });
});

it('asks an app’s Proxy for no more than JSON does, and for no symbol', () => {
  const asked: (string | symbol)[] = [];
  const ask = (target: object, key: string | symbol): unknown => {
    asked.push(key);
    return Reflect.get(target, key);
  };
  expect(toAnyValue({ params: new Proxy({ id: '4' }, { get: ask }) })).toEqual({ params: { id: '4' } });
  expect(asked).toEqual(['id']);
});

it('survives cycles, depth and hostile objects', () => {
  const cyclic: Record<string, unknown> = { a: 1 };
  cyclic.self = cyclic;
  expect(toAnyValue(cyclic)).toEqual({ a: 1, self: '[Circular]' });
  let deep: unknown = 'end';
  for (let level = 0; level < 40; level += 1) deep = { deep };
  expect(JSON.stringify(toAnyValue(deep))).toContain('"[Deep]"');
  const hostile = {
    get broken(): never {
      throw new Error('no');
    },
  };
  expect(toAnyValue({ hostile, fine: 1 })).toEqual({ hostile: '[Unreadable]', fine: 1 });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(toAnyValue({ proxy, fine: 1 })).toEqual({ proxy: '[Unreadable]', fine: 1 });
  const odd = Object.assign(new Error('x'), { name: Symbol('n'), message: Object.create(null) });
  expect(toAnyValue(odd)).toEqual({ type: 'Symbol(n)', message: '[Object: null prototype] {}' });
});

it('ends with objects that refer to each other in more ways than can be told, and keeps what it can of them', () => {
  interface Entity {
    readonly name: string;
    readonly others: Entity[];
  }
  const users: Entity[] = Array.from({ length: 30 }, (_, place) => ({ name: `user ${place}`, others: [] }));
  for (const user of users) user.others.push(...users.filter((other) => other !== user));
  const text = JSON.stringify(toAnyValue({ users, order: 7 }));
  expect(text).toContain('user 29');
  expect(text).toContain('[Large]');
  expect(text).toMatch(/"order":7\}$/);
  const list = Array.from({ length: 200_000 }, (_, place) => place);
  expect(toAnyValue(list)).toEqual(list);
});
