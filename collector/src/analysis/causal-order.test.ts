import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CausalNode, causalOrder } from './causal-order.ts';

const byNumber = (a: number, b: number): number => a - b;

/** Nodes named by number with distinct keys, each caused by some of the others. */
function anyNodes(canCause: (cause: number, effect: number) => boolean) {
  return fc.integer({ min: 0, max: 40 }).chain((size) =>
    fc
      .record({
        keys: fc.uniqueArray(fc.integer(), { minLength: size, maxLength: size }),
        causes: fc.array(fc.array(fc.nat({ max: Math.max(0, size - 1) }), { maxLength: 4 }), { minLength: size, maxLength: size }),
      })
      .map(({ keys, causes }) =>
        keys.map((key, index) => ({
          key,
          name: `n${index}`,
          causes: (causes[index] ?? []).filter((cause) => canCause(cause, index)).map((cause) => `n${cause}`),
        })),
      ),
  );
}

/** Whether `to` can be reached from `from` along causes. */
function reaches(nodes: readonly CausalNode<number>[], from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(nodes.find((node) => node.name === name)?.causes ?? []));
  }
  return false;
}

describe('causalOrder', () => {
  it('puts every cause before what it causes', () => {
    fc.assert(
      fc.property(
        anyNodes((cause, effect) => cause < effect),
        (nodes) => {
          const place = new Map(causalOrder(nodes, byNumber).map(({ name }, index) => [name, index]));
          expect(place.size).toBe(nodes.length);
          for (const { name, causes } of nodes) for (const cause of causes) expect(place.get(cause)).toBeLessThan(place.get(name) ?? -1);
        },
      ),
    );
  });

  it('is the order of keys where nothing causes anything', () => {
    fc.assert(
      fc.property(
        anyNodes(() => false),
        (nodes) => {
          expect(causalOrder(nodes, byNumber)).toEqual(nodes.toSorted((a, b) => a.key - b.key));
        },
      ),
    );
  });

  it('always gives the least node of which every cause has come', () => {
    fc.assert(
      fc.property(
        anyNodes((cause, effect) => cause < effect),
        (nodes) => {
          const done = new Set<string>();
          for (const node of causalOrder(nodes, byNumber)) {
            const ready = nodes.filter(({ name, causes }) => !done.has(name) && causes.every((cause) => done.has(cause)));
            expect(node.key).toBe(Math.min(...ready.map(({ key }) => key)));
            done.add(node.name);
          }
        },
      ),
    );
  });

  it('does not depend on the order it is given', () => {
    fc.assert(
      fc.property(
        anyNodes(() => true),
        (nodes) => {
          expect(causalOrder(nodes.toReversed(), byNumber)).toEqual(causalOrder(nodes, byNumber));
        },
      ),
    );
  });

  it('gives every node once in circles too, and breaks no cause that is not part of a circle', () => {
    fc.assert(
      fc.property(
        anyNodes(() => true),
        (nodes) => {
          const ordered = causalOrder(nodes, byNumber);
          const place = new Map(ordered.map(({ name }, index) => [name, index]));
          expect(place.size).toBe(nodes.length);
          for (const { name, causes } of nodes) {
            for (const cause of causes) {
              if (!reaches(nodes, cause, name)) expect(place.get(cause)).toBeLessThan(place.get(name) ?? -1);
            }
          }
        },
      ),
    );
  });

  it('puts a parent before its child though its clock says otherwise', () => {
    const nodes = [
      { key: 5, name: 'parent', causes: [] },
      { key: 1, name: 'child', causes: ['parent', 'unknown'] },
      { key: 3, name: 'other', causes: [] },
    ];
    expect(causalOrder(nodes, byNumber).map(({ name }) => name)).toEqual(['other', 'parent', 'child']);
  });

  it('takes both of two nodes of one name for the cause', () => {
    const nodes = [
      { key: 9, name: 'twice', causes: [] },
      { key: 8, name: 'twice', causes: [] },
      { key: 1, name: 'child', causes: ['twice'] },
    ];
    expect(causalOrder(nodes, byNumber).map(({ key }) => key)).toEqual([8, 9, 1]);
  });

  it('follows a chain that is longer than any call stack', () => {
    const size = 50_000;
    const nodes = Array.from({ length: size }, (_, index) => ({ key: -index, name: `n${index}`, causes: [`n${index - 1}`] }));
    expect(causalOrder(nodes, byNumber).map(({ key }) => key)).toEqual(nodes.map(({ key }) => key));
  });
});
