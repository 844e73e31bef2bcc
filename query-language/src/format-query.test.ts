import { describe, expect, it } from 'vitest';
import { formatQuery } from './format-query.ts';
import { parseQuery } from './parse-query.ts';
import type { QueryNode } from './syntax-tree.ts';

describe('formatQuery', () => {
  it('writes a query as a person would', () => {
    const texts = {
      ' timeout   AND   reset ': 'timeout reset',
      '(a OR b) AND c': '(a OR b) c',
      'a OR (b AND c)': 'a OR b c',
      '-(a b)': 'NOT (a b)',
      'message:"connection reset"': '"connection reset"',
      'level:(error OR fatal)': 'level:>=error',
      'level:[trace TO info]': 'level:<=info',
      'level:[info TO error]': 'level:[info TO error]',
      'level:(error OR unset)': 'level:(error OR unset)',
      'level:*': 'level:*',
      'a:(b OR "c d")': 'a:b OR a:"c d"',
      'a:[1 TO *]': 'a:>=1',
      'a:{* TO 1}': 'a:<1',
      'a:[1 TO 2}': 'a:[1 TO 2}',
      'a:pre\\*fix*': 'a:pre\\*fix*',
      'a:/(ab)+[^0-9]{2}\\//': 'a:/(ab)+[^0-9]{2}\\//',
      '': '*',
      '"!!!"': '""',
    };
    for (const [text, written] of Object.entries(texts)) expect(formatQuery(parseQuery(text, 'logs'))).toBe(written);
    expect(formatQuery(parseQuery('duration:>1500ms root:TRUE', 'spans'))).toBe('duration:>1.5s root:true');
  });

  it('writes the nearest text of a tree that no text makes', () => {
    const a: QueryNode = { type: 'phrase', words: ['a'] };
    const or: QueryNode = { type: 'or', children: [a, { type: 'and', children: [] }] };
    expect(formatQuery({ type: 'and', children: [a] })).toBe('a');
    expect(formatQuery({ type: 'and', children: [] })).toBe('*');
    expect(formatQuery({ type: 'or', children: [] })).toBe('""');
    expect(formatQuery({ type: 'levels', levels: [] })).toBe('""');
    expect(formatQuery({ type: 'and', children: [or, a] })).toBe('(a OR *) a');
  });
});
