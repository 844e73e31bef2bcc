import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUERY_ERROR_CODES, QuerySyntaxError } from './errors.ts';
import { fieldName } from './field-name.ts';
import { formatQuery } from './format-query.ts';
import { parseQuery } from './parse-query.ts';
import { anyText, logQuery, spanQuery } from './query-text.test-support.ts';
import { quoteValue } from './quote-value.ts';
import type { Field, QueryNode, QueryTarget } from './syntax-tree.ts';
import { withoutSpans } from './without-spans.test-support.ts';

/** Thousands of runs take long where other tests take the processors. */
const PROPERTY_TIMEOUT_MILLIS = 60_000;

const target = fc.constantFrom<QueryTarget>('logs', 'spans');

function parsed(text: string, of: QueryTarget): QueryNode | undefined {
  try {
    return parseQuery(text, of);
  } catch (error) {
    if (error instanceof QuerySyntaxError) return undefined;
    throw error;
  }
}

/** Every node of the tree with its place. */
function nodes(node: QueryNode): QueryNode[] {
  const children = node.type === 'and' || node.type === 'or' ? node.children : node.type === 'not' ? [node.child] : [];
  return [node, ...children.flatMap(nodes)];
}

describe('parseQuery, for any text', () => {
  it('throws nothing but QuerySyntaxError, with a place in the text', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    fc.assert(
      fc.property(anyText, target, (text, of) => {
        try {
          parseQuery(text, of);
        } catch (error) {
          if (!(error instanceof QuerySyntaxError)) throw error;
          expect(QUERY_ERROR_CODES).toContain(error.code);
          expect(error.position).toBeGreaterThanOrEqual(0);
          expect(error.position).toBeLessThanOrEqual(text.length);
          expect(error.expected.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('gives places that lie in the text, and a tree that is JSON', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    fc.assert(
      fc.property(anyText, target, (text, of) => {
        const tree = parsed(text, of);
        if (tree === undefined) return;
        expect(JSON.parse(JSON.stringify(tree))).toEqual(tree);
        for (const node of nodes(tree)) {
          if (!('span' in node) || node.span === undefined) continue;
          expect(node.span.start).toBeLessThan(node.span.end);
          expect(text.slice(node.span.start, node.span.end).length).toBe(node.span.end - node.span.start);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('comes back from the text of the tree', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    fc.assert(
      fc.property(anyText, target, (text, of) => {
        const tree = parsed(text, of);
        if (tree !== undefined) expect(withoutSpans(parseQuery(formatQuery(tree), of))).toEqual(withoutSpans(tree));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('parseQuery, for queries', () => {
  const query = fc.oneof(
    logQuery.map((text) => ({ text, of: 'logs' as const })),
    spanQuery.map((text) => ({ text, of: 'spans' as const })),
  );
  // A text made of parts can be a few levels too deep; what it is then is covered above.
  const tree = query.map(({ text, of }) => ({ text, of, tree: parsed(text, of) })).filter((made) => made.tree !== undefined);
  const parse = (text: string, of: QueryTarget) => withoutSpans(parseQuery(text, of));

  it('reads nearly all that the grammar makes', () => {
    const made = fc.sample(query, 500);
    expect(made.filter(({ text, of }) => parsed(text, of) === undefined).length).toBeLessThan(50);
  });

  it('comes back from the text of the tree', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    fc.assert(
      fc.property(tree, ({ of, tree: made }) => {
        if (made !== undefined) expect(parse(formatQuery(made), of)).toEqual(withoutSpans(made));
      }),
      { numRuns: 2_000 },
    );
  });

  it('holds the laws of precedence', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    fc.assert(
      fc.property(logQuery, logQuery, logQuery, (a, b, c) => {
        const [x, y, z] = [`(${a})`, `(${b})`, `(${c})`];
        if (parsed(`(${x} OR ${y}) AND ${z} OR NOT ${x}`, 'logs') === undefined) return;
        expect(parse(`${x} ${y}`, 'logs')).toEqual(parse(`${x} AND ${y}`, 'logs'));
        expect(parse(`${x} OR ${y} AND ${z}`, 'logs')).toEqual(parse(`${x} OR (${y} AND ${z})`, 'logs'));
        expect(parse(`${x} AND ${y} OR ${z}`, 'logs')).toEqual(parse(`(${x} AND ${y}) OR ${z}`, 'logs'));
        expect(parse(`NOT ${x} AND ${y}`, 'logs')).toEqual(parse(`(NOT ${x}) AND ${y}`, 'logs'));
        expect(parse(`NOT ${x} OR ${y}`, 'logs')).toEqual(parse(`(NOT ${x}) OR ${y}`, 'logs'));
        expect(parse(`-${x}`, 'logs')).toEqual(parse(`NOT ${x}`, 'logs'));
        expect(parse(`((${x}))`, 'logs')).toEqual(parse(x, 'logs'));
      }),
      { numRuns: 300 },
    );
  });
});

describe('a filter made from a value', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(...'aA0 .:"\\()[]{}/*?-!<>=&|\n\t\ud800\u00a0'), maxLength: 12 }),
  );

  it('finds exactly the value, whatever it is, alone and in a group', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    fc.assert(
      fc.property(text, (value) => {
        const wanted = { type: 'equals', field: { type: 'attribute', place: 'any', key: 'k' }, value };
        const quoted = quoteValue(value);
        expect(withoutSpans(parseQuery(`k:${quoted}`, 'logs'))).toEqual(wanted);
        expect(withoutSpans(parseQuery(`k:(${quoted})`, 'logs'))).toEqual(wanted);
        expect(/\p{Cc}/u.test(quoted)).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });

  it('names exactly the attribute, whatever its key and place', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    const place = fc.constantFrom('attributes', 'resource', 'scope', 'event', 'link');
    fc.assert(
      fc.property(
        text.filter((key) => key !== ''),
        place,
        (key, where) => {
          const field: Field = { type: 'attribute', place: where, key };
          const node: QueryNode = { type: 'exists', field };
          expect(withoutSpans(parseQuery(`${fieldName(field)}:*`, 'spans'))).toEqual(node);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('stays as it is where nothing in it is special', () => {
    for (const value of ['api', 'GET', 'v1.2.3', 'user@host', '10.0.0.1', '주문', '1e-5', "it's"]) expect(quoteValue(value)).toBe(value);
    expect(quoteValue('two words')).toBe('"two words"');
    expect(quoteValue('/api')).toBe('"/api"');
    expect(quoteValue('say "hi"\n')).toBe('"say \\"hi\\"\\u000a"');
    expect(quoteValue('-5')).toBe('"-5"');
    expect(quoteValue('OR')).toBe('"OR"');
    expect(fieldName({ type: 'attribute', place: 'any', key: 'k8s/pod-name' })).toBe('k8s/pod-name');
    expect(fieldName({ type: 'attribute', place: 'any', key: 'status' })).toBe('attributes.status');
    expect(fieldName({ type: 'record', name: 'eventName' })).toBe('event.name');
  });
});
