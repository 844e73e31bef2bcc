import { describe, expect, it } from 'vitest';
import { flowRecordsQuery } from './recent-flows.ts';

describe('flowRecordsQuery', () => {
  it.each([
    ['', 'correlationId:*'],
    ['level:error', 'level:error correlationId:*'],
    ['level:error OR level:fatal', '(level:error OR level:fatal) correlationId:*'],
    ['correlationId:*', 'correlationId:*'],
    ['(level:error', '(level:error'],
  ])('narrows %j to records with an ID', (query, asked) => {
    expect(flowRecordsQuery(query)).toBe(asked);
  });
});
