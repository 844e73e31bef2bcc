import { parseQuery } from '@threadline/query-language';
import { describe, expect, it } from 'vitest';
import { and, anyOf, equals, not, or, withoutOwnEvents } from './query-nodes.ts';

const [a, b, c] = [equals('service', 'a'), equals('service', 'b'), equals('service', 'c')];

describe('query nodes', () => {
  it('join without needless nesting', () => {
    expect(and()).toEqual({ type: 'all' });
    expect(or()).toEqual({ type: 'none' });
    expect(and({ type: 'all' }, a)).toBe(a);
    expect(or({ type: 'none' }, a)).toBe(a);
    expect(and(and(a, b), c)).toEqual({ type: 'and', children: [a, b, c] });
    expect(or(or(a, b), and(b, c))).toEqual({ type: 'or', children: [a, b, { type: 'and', children: [b, c] }] });
    expect(anyOf('service', [])).toEqual({ type: 'none' });
  });
});

describe('withoutOwnEvents', () => {
  it.each(['', 'timeout', 'service:a OR level:error', 'event_name:x'])('leaves out what senders say about themselves in %s', (text) => {
    const query = parseQuery(text, 'logs');
    const hidden = not(anyOf('eventName', ['threadline.span.start', 'threadline.drop', 'threadline.libraries.unseen']));
    expect(withoutOwnEvents(query)).toEqual(and(query, hidden));
  });

  it.each([
    'event.name:threadline.drop',
    'a AND NOT event.name:x',
    'event.name:*',
    'event.name:thread*',
    'event.name:/x/',
    '(a OR attributes.event.name:b)',
  ])('leaves %s as it is, since it asks by event name', (text) => {
    const query = parseQuery(text, 'logs');
    expect(withoutOwnEvents(query)).toBe(query);
  });
});
