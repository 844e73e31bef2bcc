import { describe, expect, it } from 'vitest';
import type { Resource } from '../traces/span-types.ts';
import { ResourceGate } from './resource-gate.ts';

interface Item {
  readonly resource: Resource;
  readonly number: number;
}

describe('ResourceGate', () => {
  const pass = (gate: ResourceGate): { readonly passed: number[]; add(item: Item): void } => {
    const passed: number[] = [];
    return { passed, add: gate.before<Item>({ add: ({ number }) => void passed.push(number) }).add };
  };

  it('lets an item pass at once when its resource is known', () => {
    const { passed, add } = pass(new ResourceGate());
    add({ resource: { attributes: {} }, number: 1 });
    expect(passed).toEqual([1]);
  });

  it('holds items back until their resource is known, and keeps their order', async () => {
    const known = Promise.withResolvers<void>();
    const resource = { attributes: {}, asyncAttributesPending: true, waitForAsyncAttributes: () => known.promise };
    const gate = new ResourceGate();
    const { passed, add } = pass(gate);
    add({ resource, number: 1 });
    add({ resource, number: 2 });
    expect(passed).toEqual([]);
    resource.asyncAttributesPending = false;
    known.resolve();
    await gate.releaseWithin(10_000);
    add({ resource, number: 3 });
    expect(passed).toEqual([1, 2, 3]);
  });

  it('goes on with what is known when the rest does not come, or there is too much to hold', async () => {
    const resource = { attributes: {}, asyncAttributesPending: true, waitForAsyncAttributes: () => new Promise<void>(() => undefined) };
    const gate = new ResourceGate();
    const { passed, add } = pass(gate);
    add({ resource, number: 1 });
    await gate.releaseWithin(1);
    expect(passed).toEqual([1]);
    for (let number = 2; number <= 8194; number += 1) add({ resource, number });
    expect(passed).toHaveLength(8194);
    add({ resource, number: 8195 });
    gate.release();
    expect(passed.at(-1)).toBe(8195);
  });
});
