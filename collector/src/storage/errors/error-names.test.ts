import { describe, expect, it } from 'vitest';
import { describeTemplate } from '../patterns/template-text.ts';
import { ErrorNames } from './error-names.ts';
import type { Exception } from './exceptions.ts';

const names = new ErrorNames();
const of = (exception: Partial<Exception>) => names.of({ type: '', message: '', stack: '', ...exception });
const idOf = (exception: Partial<Exception>) => of(exception).fingerprint;
const stackOf = (...frames: readonly string[]) => ['Error: something', ...frames.map((frame) => `    at ${frame}`)].join('\n');

describe('ErrorNames', () => {
  it('name an error by its type and frames, whatever its message, lines and columns are', () => {
    const stack = stackOf(
      'place (/app/src/orders.js:10:5)',
      'next (/app/node_modules/express/next.js:1:1)',
      'checkout (/app/src/checkout.js:3:1)',
    );
    const own = idOf({ type: 'TypeError', message: 'order 17 of kim', stack });
    expect(own).toMatch(/^[0-9a-f]{16}$/);
    expect(idOf({ type: 'TypeError', message: 'x is not a function', stack: stack.replaceAll(/:\d+:\d+/g, ':99:1') })).toBe(own);
    expect(idOf({ type: 'TypeError', stack: stack.replace('express/next.js', 'fastify/other.js') })).toBe(own);
    expect(idOf({ type: 'RangeError', stack })).not.toBe(own);
    expect(idOf({ type: 'TypeError', stack: stack.replace('place', 'cancel') })).not.toBe(own);
  });

  it('go by the first five frames of the app', () => {
    const frames = ['a1', 'b1', 'c1', 'd1', 'e1', 'f1'].map((name) => `${name}Call (/app/src/${name}.js:1:1)`);
    const own = idOf({ type: 'E', stack: stackOf(...frames) });
    expect(idOf({ type: 'E', stack: stackOf(...frames.slice(0, 5), 'otherCall (/app/src/other.js:1:1)') })).toBe(own);
    expect(idOf({ type: 'E', stack: stackOf(...frames.slice(0, 4), 'otherCall (/app/src/other.js:1:1)') })).not.toBe(own);
  });

  it('do not tell how deep a recursion went', () => {
    const frames = (depth: number) =>
      stackOf(...Array.from({ length: depth }, () => 'visit (/app/src/tree.js:10:5)'), 'main (/app/src/main.js:1:1)');
    expect(idOf({ type: 'E', stack: frames(3) })).toBe(idOf({ type: 'E', stack: frames(50) }));
  });

  it('go by the template of the message where there is no frame of the app', () => {
    const refused = (port: number) => ({
      type: 'Error',
      message: `connect ECONNREFUSED 10.0.0.1:${port}`,
      stack: stackOf('afterConnect (node:net:1611:16)'),
    });
    expect(idOf(refused(80))).toBe(idOf(refused(443)));
    expect(idOf(refused(80))).toBe(idOf({ ...refused(80), stack: '' }));
    expect(idOf(refused(80))).not.toBe(idOf({ ...refused(80), message: 'socket hang up' }));
    expect(describeTemplate(of(refused(80)).template)).toBe('connect ECONNREFUSED <ip>');
  });

  it('are few for the builds of a minified bundle', () => {
    const build = (number: number) => ({
      type: 'TypeError',
      message: 'x is undefined',
      stack: stackOf(
        ...Array.from(
          { length: 4 },
          (_, frame) =>
            `${String.fromCharCode(97 + ((number + frame) % 26))}x (https://a.example/js/main.${(0xabc000 + number).toString(16)}1f.js:1:${40_000 + number * 7 + frame})`,
        ),
      ),
    });
    expect(new Set(Array.from({ length: 200 }, (_, number) => idOf(build(number)))).size).toBe(1);
    expect(idOf({ ...build(1), message: 'network is away' })).not.toBe(idOf(build(1)));
  });

  it('find type and message in the stack where the record does not say them', () => {
    expect(of({ stack: 'java.lang.IllegalStateException: order 17 failed\n\tat com.shop.Orders.place(Orders.java:5)' })).toMatchObject({
      type: 'java.lang.IllegalStateException',
    });
    expect(of({ stack: 'Exception in thread "main" com.shop.Failed: no\n\tat com.shop.A.b(A.java:5)' })).toMatchObject({
      type: 'com.shop.Failed',
      template: 'no',
    });
    expect(
      of({ stack: 'Traceback (most recent call last):\n  File "/app/x.py", line 1, in f\n    g()\nValueError: bad 17\n' }),
    ).toMatchObject({ type: 'ValueError' });
    const stack = stackOf('place (/app/src/orders.js:10:5)');
    expect(idOf({ stack })).toBe(idOf({ type: 'Error', stack }));
  });

  it('are of any text', () => {
    for (const text of ['', '\ud800', '\u0000', 'a'.repeat(100_000), '🦊'.repeat(3_000), 'at x (y:1:1)\n'.repeat(10_000)])
      expect(of({ type: text, message: text, stack: text }).fingerprint).toHaveLength(16);
  });
});
