import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignHues, HUE_COUNT, preferredHue } from './service-color.ts';

describe('assignHues', () => {
  it('gives different hues to up to twelve services, the same in any order', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: HUE_COUNT });
    fc.assert(
      fc.property(names, (services) => {
        const hues = assignHues(services);
        expect(new Set(hues.values()).size).toBe(services.length);
        expect([...assignHues(services.toReversed())].toSorted()).toEqual([...hues].toSorted());
      }),
    );
  });

  it('gives a service alone the hue that it prefers', () => {
    expect(assignHues(['orders']).get('orders')).toBe(preferredHue('orders'));
  });

  it('tells apart what is shown together, however many there are besides, and moves only what is not', () => {
    const all = assignHues(Array.from({ length: 40 }, (_, index) => `service-${index}`));
    const names = fc.uniqueArray(fc.constantFrom(...all.keys()), { minLength: 1, maxLength: HUE_COUNT });
    fc.assert(
      fc.property(names, (shown) => {
        const hues = assignHues(shown, (name) => all.get(name) ?? 0);
        expect(new Set(hues.values()).size).toBe(shown.length);
        const kept = shown.filter((name) => hues.get(name) === all.get(name)).length;
        expect(kept).toBe(new Set(shown.map((name) => all.get(name))).size);
      }),
    );
  });

  it('has a hue for each of more services than there are hues', () => {
    const services = Array.from({ length: 40 }, (_, index) => `service-${index}`);
    const hues = [...assignHues(services).values()];
    expect(hues).toHaveLength(40);
    expect(hues.every((hue) => hue >= 0 && hue < HUE_COUNT)).toBe(true);
  });
});
