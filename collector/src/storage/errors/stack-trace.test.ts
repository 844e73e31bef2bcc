import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeStack, parseStack, withoutMessage } from './stack-trace.ts';

const NODE = `TypeError: Cannot read properties of undefined (reading 'amount')
    at file:///srv/shop/src/orders.mjs:5:62
    at Array.map (<anonymous>)
    at Orders.price (file:///srv/shop/src/orders.mjs:5:37)
    at new Basket (/srv/shop/src/basket.js:6:56)
    at async Promise.all (index 0)
    at async checkout [as handler] (file:///srv/shop/src/checkout.mjs:8:69)
    at Layer.handle (/srv/shop/node_modules/express/lib/router/layer.js:95:5)
    at listOnTimeout (node:internal/timers:581:17)`;

const EVALUATED = `ReferenceError: missing is not defined
    at eval (eval at <anonymous> (file:///srv/shop/src/orders.mjs:16:26), <anonymous>:1:1)
    at Timeout._onTimeout (file:///srv/shop/src/orders.mjs:16:26)
    at listOnTimeout (node:internal/timers:581:17)`;

const PYTHON = `Traceback (most recent call last):
  File "/srv/shop/orders.py", line 8, in read
    return json.loads(text)
           ^^^^^^^^^^^^^^^^
  File "/root/.pyenv/versions/3.11.7/lib/python3.11/json/decoder.py", line 353, in raw_decode
    obj, end = self.scan_once(s, idx)
               ^^^^^^^^^^^^^^^^^^^^^^
json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/shop/main.py", line 14, in main
    orders.place({})
  File "/srv/shop/venv/lib/python3.11/site-packages/flask/app.py", line 920, in full_dispatch_request
    rv = self.dispatch_request()
  File "/srv/shop/orders.py", line 6, in place
    raise RuntimeError("config of shop-17 is broken") from e
RuntimeError: config of shop-17 is broken
`;

const JAVA = `java.lang.IllegalStateException: order 17 failed
\tat com.shop.Orders.place(Orders.java:5)
\tat com.shop.Orders.lambda$main$1(Orders.java:7)
\tat com.shop.Orders$$Lambda$14/0x0000000800c8a3f0.run(Unknown Source)
\tat com.shop.Orders$$EnhancerBySpringCGLIB$$1f2e3d4c.place(<generated>)
\tat org.springframework.aop.framework.CglibAopProxy.intercept(CglibAopProxy.java:765) ~[spring-aop-6.1.2.jar:6.1.2]
\tat java.base/java.lang.Thread.run(Thread.java:840)
Caused by: java.lang.ArithmeticException: / by zero
\tat com.shop.Prices.lambda$price$0(Prices.java:4)
\t... 3 more
`;

const GO = `goroutine 22 [running]:
runtime/debug.Stack()
\t/usr/local/go/src/runtime/debug/stack.go:26 +0x5e
main.recovered.func1()
\t/srv/shop/main.go:5 +0x1d
panic({0x6f6d60?, 0x9fbc30?})
\t/usr/local/go/src/runtime/panic.go:860 +0x13a
main.(*Orders).Price(...)
\t/srv/shop/main.go:4
example.com/shop/api.place.func2.1({0x62dd65?, 0xae519c060b0?}, 0x0?)
\t/srv/shop/api/place.go:5 +0x48
github.com/gin-gonic/gin.(*Context).Next(0xc0001)
\t/root/go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/context.go:174 +0x2b
net/http.HandlerFunc.ServeHTTP(0x4804f9?, {0x77a888?, 0xae519cac000?}, 0xae519c9bb30?)
\t/usr/local/go/src/net/http/server.go:2286 +0x29
created by net/http.(*Server).Serve in goroutine 20
\t/usr/local/go/src/net/http/server.go:3464 +0x485
`;

const namesOf = (stack: string) => parseStack(stack).frames.map(({ name, isApp }) => `${isApp ? '' : '- '}${name}`);

describe('parseStack', () => {
  it('reads what V8 writes', () => {
    expect(namesOf(NODE)).toEqual([
      'src/orders.mjs',
      '- Array.map <anonymous>',
      'Orders.price src/orders.mjs',
      'new Basket src/basket.js',
      'checkout src/checkout.mjs',
      '- Layer.handle router/layer.js',
      '- listOnTimeout node:internal/timers',
    ]);
    expect(namesOf(EVALUATED)).toEqual(['- <anonymous>', 'Timeout._onTimeout src/orders.mjs', '- listOnTimeout node:internal/timers']);
  });

  it('reads a cause only where the error itself has no frame of the app', () => {
    const cause = '  [cause]: SyntaxError: no\n      at JSON.parse (<anonymous>)\n      at readConfig (/srv/shop/src/config.js:11:47)';
    expect(namesOf(`Error: broken\n    at main (/srv/shop/src/main.js:1:2) {\n${cause}\n}`)).toEqual(['main src/main.js']);
    expect(namesOf(`Error: broken\n    at x.y.z (node:net:1:2) {\n${cause}\n}`)).toEqual([
      '- JSON.parse <anonymous>',
      'readConfig src/config.js',
    ]);
  });

  it('reads what CPython writes, of a chain the last, innermost first', () => {
    expect(namesOf(PYTHON)).toEqual(['place shop/orders.py', '- full_dispatch_request flask/app.py', 'main shop/main.py']);
  });

  it('reads the frames of an exception group', () => {
    const group = `  + Exception Group Traceback (most recent call last):
  |   File "/srv/shop/main.py", line 3, in main
  |     raise ExceptionGroup("two", errors)
  | ExceptionGroup: two (1 sub-exception)`;
    expect(namesOf(group)).toEqual(['main shop/main.py']);
  });

  it('reads what the JVM writes, without what compilers, proxies and starts number', () => {
    expect(namesOf(JAVA)).toEqual([
      'com.shop.Orders.place',
      'com.shop.Orders.lambda$main',
      'com.shop.Orders$$Lambda.run',
      'com.shop.Orders$$EnhancerBySpringCGLIB$$.place',
      '- org.springframework.aop.framework.CglibAopProxy.intercept',
      '- java.lang.Thread.run',
    ]);
  });

  it('reads what Go writes, from the panic on', () => {
    expect(namesOf(GO)).toEqual([
      'main.(*Orders).Price',
      'example.com/shop/api.place.func',
      '- github.com/gin-gonic/gin.(*Context).Next',
      '- net/http.HandlerFunc.ServeHTTP',
      '- net/http.(*Server).Serve',
    ]);
  });

  it('reads what .NET, Firefox and Safari write', () => {
    expect(namesOf('   at Shop.Orders.Place(String id) in /src/Orders.cs:line 42\n   at System.Threading.Task.Run()')).toEqual([
      'Shop.Orders.Place',
      '- System.Threading.Task.Run',
    ]);
    expect(namesOf('placeOrder@https://shop.example/assets/app.js:10:15\n@https://shop.example/assets/app.js:20:1')).toEqual([
      'placeOrder assets/app.js',
      'assets/app.js',
    ]);
  });

  it('names files alike over machines, releases and builds', () => {
    const fileOf = (path: string) => namesOf(`Error\n    at place (${path}:1:2)`)[0];
    expect(fileOf('/app/dist/orders.js')).toBe(fileOf('C:\\deploy\\dist\\orders.js'));
    expect(fileOf('/srv/shop/src/orders.js')).toBe(fileOf('/srv/shop/releases/20261126/src/orders.js'));
    expect(fileOf('/srv/shop/v1.4.2/orders.js')).toBe(fileOf('/srv/shop/v1.5.0/orders.js'));
    expect(fileOf('https://shop.example/assets/main.3f2a9c1b.js')).toBe(fileOf('https://cdn.example/assets/main.77aa01ff.js?v=3'));
    expect(fileOf('/app/dist/orders-service.js')).toBe('place dist/orders-service.js');
  });

  it('names files alike below folders of Windows with blanks and brackets, and in the list of an error of several', () => {
    const namesOf = (text: string) => parseStack(text).frames.map(({ name }) => name);
    const installed =
      'Error: no\n    at Orders.place (C:\\Program Files (x86)\\shop\\src\\orders.ts:12:7)\n    at C:\\Program Files (x86)\\shop\\src\\main.ts:1:1';
    expect(namesOf(installed)).toEqual(['Orders.place src/orders.ts', 'src/main.ts']);
    const list =
      'AggregateError: all\n    at all (/srv/shop/src/all.ts:3:3) {\n  [errors]: [\n    Error: a\n        at one (/srv/shop/src/a.ts:1:1),\n    Error: b\n        at two (/srv/shop/src/b.ts:1:1)\n  ]\n}';
    expect(namesOf(list)).toEqual(['all src/all.ts']);
    // As the SDK writes it.
    expect(namesOf('AggregateError: all\n    at all (/srv/all.ts:3:3)\nAggregated: Error: a\n    at one (/srv/a.ts:1:1)')).toEqual([
      'all srv/all.ts',
    ]);
    expect(namesOf(list.replace('    at all (/srv/shop/src/all.ts:3:3) {\n', ''))).toEqual(['one src/a.ts', 'two src/b.ts']);
  });

  it('gives frames of a minified bundle the name of its file', () => {
    const bundle = (first: string, second: string) =>
      namesOf(
        `TypeError: x\n    at ${first} (https://a.example/assets/main.3f2a9c1b.js:1:81234)\n    at ${second} (https://a.example/assets/main.3f2a9c1b.js:1:120)`,
      );
    expect(bundle('t.render', 'Object.n')).toEqual(['assets/main.js', 'assets/main.js']);
    expect(bundle('qx', 'e.exports')).toEqual(bundle('t.render', 'Object.n'));
  });

  it('has no frames of what is no stack', () => {
    for (const text of ['', 'boom', 'at last', 'look at (this)', '{"at ": 1}', 'File "x"', '\u0000\n\n\t'])
      expect(parseStack(text).frames).toEqual([]);
  });

  it('reads any text in time that grows with its length', () => {
    for (const line of ['at ', 'at a(', 'at (', 'File "', 'a'.repeat(100), '@', ' at -', 'x.y(', '\t/a.go:', ':1', '(eval at '])
      for (const joint of ['', '\n', '\n\t']) expect(() => parseStack(`${line}${joint}`.repeat(20_000))).not.toThrow();
  });
});

describe('describeStack', () => {
  it('gives every line with what it is', () => {
    const kinds = (stack: string) =>
      describeStack(stack)
        .map(({ kind }) => kind[0])
        .join('');
    expect(kinds(NODE)).toBe('talaatall');
    expect(kinds(JAVA)).toBe('taaaalltat');
    expect(kinds(PYTHON)).toBe('taaallltttttaallaat');
    expect(kinds(GO)).toBe('tllaallaaaallllll');
    expect(
      describeStack(NODE)
        .map(({ text }) => text)
        .join('\n'),
    ).toBe(NODE);
  });
});

describe('withoutMessage', () => {
  it('leaves the same of what differs in its message alone', () => {
    expect(withoutMessage(NODE)).toBe(withoutMessage(NODE.replace('amount', 'price')));
    expect(withoutMessage(JAVA)).toBe(withoutMessage(JAVA.replace('order 17', 'order 18')));
  });

  it('leaves all frames, whatever lines a text is of', () => {
    const line = fc.constantFrom(
      ...[NODE, EVALUATED, PYTHON, JAVA, GO].flatMap((stack) => stack.split('\n')),
      '',
      ' ',
      'at x',
      'panic(',
      '\r',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), (lines, joint) => {
        const stack = lines.join(joint);
        expect(parseStack(withoutMessage(stack))).toEqual(parseStack(stack));
      }),
      { numRuns: 2_000 },
    );
    const long = `Error\n${'    at place (/srv/shop/a.js:1:2)\n'.repeat(500)}`;
    expect(parseStack(withoutMessage(long))).toEqual(parseStack(long));
  });
});
