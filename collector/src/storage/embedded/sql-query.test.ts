import { parseQuery } from '@threadline/query-language';
import { describe, expect, it } from 'vitest';
import { SqlParameters } from './sql-parameters.ts';
import { sqlCondition } from './sql-query.ts';

function translate(query: string, target: 'logs' | 'spans' = 'logs') {
  const parameters = new SqlParameters();
  return { sql: sqlCondition(parseQuery(query, target), target, parameters), values: parameters.values };
}

describe('sqlCondition', () => {
  it('never has a value of the query in its text', () => {
    const hostile = `') OR 1=1; DROP TABLE logs; --`;
    const quoted = JSON.stringify(hostile);
    for (const query of [`k:${quoted}`, `service:${quoted}`, `k:x*"`, `${quoted}`, `correlationId:${quoted}`]) {
      const { sql, values } = translate(query.replace('x*"', 'DROP*'));
      expect(sql).not.toMatch(/drop/i);
      expect(values.length).toBeGreaterThan(0);
    }
  });

  it('finds a phrase as its words between separators', () => {
    expect(translate('"Connection  RESET!"')).toEqual({ sql: 'contains(words, $1)', values: [' connection reset '] });
  });

  it('finds patterns with one wildcard at an end without a regular expression', () => {
    expect(translate('conn*')).toEqual({ sql: 'contains(words, $1)', values: [' conn'] });
    expect(translate('*set')).toEqual({ sql: 'contains(words, $1)', values: ['set '] });
    expect(translate('*nne*')).toEqual({ sql: 'contains(words, $1)', values: ['nne'] });
    expect(translate('c?nn').sql).toBe(`regexp_matches(words, $1, 's')`);
  });

  it('compares columns as they are, so that blocks can be left out by their least and greatest value', () => {
    expect(translate('time:>=1795168800000000000').sql).toBe('time_nanos BETWEEN $1 AND $2');
    expect(translate('service:shop').sql).toBe('service = $1');
    expect(translate('level:>=error').sql).toBe('level IN (4, 5)');
    expect(translate('kind:server', 'spans').sql).toBe('kind IN (2)');
  });

  it('looks for an attribute of any place in the places that the target has', () => {
    expect(translate('k:v').sql.match(/contains\((\w+)/g)).toEqual([
      'contains(attributes',
      'contains(resource',
      'contains(scope_attributes',
    ]);
    expect(translate('k:v', 'spans').sql).toContain('event_attributes');
    expect(translate('resource.k:v').sql).toBe('((contains(resource, $1)))');
    expect(translate('body.k:v').sql).toBe('((contains(body, $1)))');
  });

  it('takes a condition that cannot be decided as not fulfilled', () => {
    expect(translate('NOT correlationId:a').sql).toBe('((correlation_id = $1) IS NOT TRUE)');
  });

  it('refuses to search the message as one value', () => {
    const equals = { type: 'equals', field: { type: 'record', name: 'message' }, value: 'x' } as const;
    expect(() => sqlCondition(equals, 'logs', new SqlParameters())).toThrow(expect.objectContaining({ code: 'unsupported_query' }));
  });
});
