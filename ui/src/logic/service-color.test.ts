import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignHues, extendHues, HUE_COUNT, preferredHue } from './service-color.ts';

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

describe('extendHues', () => {
  it('never changes what a service has, however many come, and is the same where none does', () => {
    const names = fc.array(fc.stringMatching(/^[a-c]{1,3}(-[a-f]{1,2})?$/), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(names), (pages) => {
        let hues: ReadonlyMap<string, number> = new Map();
        for (const page of pages) {
          const next = extendHues(hues, page);
          for (const [name, hue] of hues) expect(next.get(name)).toBe(hue);
          for (const name of page) expect(next.get(name)).toBeLessThan(HUE_COUNT);
          expect(extendHues(next, page)).toBe(next);
          hues = next;
        }
      }),
    );
  });

  it('gives the services of one system different hues, however many others there are', () => {
    const others = Array.from({ length: 500 }, (_, index) => `other-${index}`);
    // Both prefer the same.
    expect(preferredHue('f-web')).toBe(preferredHue('f-ship'));
    const hues = extendHues(new Map(), [...others, 'f-web', 'f-ship']);
    expect(hues.get('f-web')).not.toBe(hues.get('f-ship'));
    const crowd = ['f-audit', 'f-batch', 'f-chat', 'f-cron', 'f-early', 'f-inv', 'f-mail', 'f-mlc', 'f-part', 'f-pay', 'f-rep', 'f-samp'];
    const more = extendHues(new Map(), [...others, ...crowd, 'f-web', 'f-ship']);
    expect(more.get('f-web')).not.toBe(more.get('f-ship'));
    const words = ['gateway', 'orders', 'payments', 'stock', 'mail', 'users', 'search', 'basket', 'prices', 'taxes', 'labels', 'images'];
    const all = extendHues(new Map(), [...others, ...words]);
    expect(new Set(words.map((name) => all.get(name))).size).toBe(HUE_COUNT);
  });

  it('tells what is new apart from what it comes with', () => {
    const crowd = extendHues(
      new Map(),
      Array.from({ length: 60 }, (_, index) => `crowd-${index}`),
    );
    const [known = ''] = crowd.keys();
    const name = Array.from({ length: 500 }, (_, index) => `new-${index}`).find((one) => preferredHue(one) === crowd.get(known)) ?? '';
    const hues = extendHues(crowd, [known, name]);
    expect(hues.get(name)).not.toBe(hues.get(known));
  });
});
