import { parseQuery } from '@threadline/query-language';
import { describe, expect, it } from 'vitest';
import { operationQuery } from './operation-query.ts';

describe('operationQuery', () => {
  it.each([
    [{ name: 'SELECT orders', kind: 3 }, 'name:"SELECT orders"'],
    [{ name: 'GET', kind: 3 }, 'name:GET'],
    [{ name: 'orders.Stock/Reserve', kind: 2 }, 'name:orders.Stock/Reserve'],
    [
      { name: 'GET /items/:id', kind: 2 },
      'kind:server (name:"GET /items/:id" OR ((http.request.method:GET OR http.method:GET) http.route:"/items/:id"))',
    ],
    [{ name: 'POST', kind: 2 }, 'kind:server (name:POST OR ((http.request.method:POST OR http.method:POST) -http.route:*))'],
  ])('finds %o', (operation, expected) => {
    expect(operationQuery(operation)).toBe(expected);
    expect(() => parseQuery(expected, 'spans')).not.toThrow();
  });
});
