import { describe, expect, it } from 'vitest';
import { matchesSpan, type SpanSearch } from './span-find.ts';
import { namesOf, treeOf } from './trace-fixtures.ts';

const tree = treeOf({
  spans: [
    { id: 'a', service: 'orders', name: 'POST /orders', start: 0 },
    { id: 'b', service: 'orders', name: 'SELECT', start: 1 },
    { id: 'c', service: 'orders-db', name: 'SELECT', start: 2 },
  ],
  logs: [{ id: 'orders', time: 3 }],
});

const found = (search: SpanSearch) => {
  const is = matchesSpan(tree, search);
  return namesOf(tree, [0, 1, 2, 3].filter(is));
};

describe('matchesSpan', () => {
  it('looks in names and services, in any case, and never at records', () => {
    expect(found({ text: 'ORDERS' })).toEqual(['a', 'b', 'c']);
    expect(found({ text: 'select' })).toEqual(['b', 'c']);
  });

  it('looks at what is called', () => {
    const calls = treeOf({
      spans: [
        { id: 'a', name: 'POST', target: 'api.Bank.example/v2/charge' },
        { id: 'b', name: 'POST', start: 1 },
      ],
    });
    expect(namesOf(calls, [0, 1].filter(matchesSpan(calls, { text: 'bank' })))).toEqual(['a']);
  });

  it('takes a service and an operation exactly, and the text beside them', () => {
    expect(found({ text: '', service: 'orders' })).toEqual(['a', 'b']);
    expect(found({ text: '', service: 'orders', operation: 'SELECT' })).toEqual(['b']);
    expect(found({ text: 'post', service: 'orders' })).toEqual(['a']);
    expect(found({ text: '', service: 'order' })).toEqual([]);
  });
});
