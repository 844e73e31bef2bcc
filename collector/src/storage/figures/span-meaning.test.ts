import { describe, expect, it } from 'vitest';
import { spanMeaning, weightOf } from './span-meaning.ts';

function meaning(kind: number, values: Readonly<Record<string, string>>, name = 'name') {
  return spanMeaning({ name, kind, isRoot: false }, (key) => values[key]);
}

describe('spanMeaning', () => {
  it.each<[string, number, Record<string, string>, string, string?]>([
    ['a served request with a route', 2, { 'http.request.method': 'GET', 'http.route': '/users/:id' }, 'GET /users/:id'],
    ['one without a route', 2, { 'http.request.method': 'GET', 'url.path': '/users/7' }, 'GET'],
    ['one that is called by its path', 2, { 'http.request.method': 'GET' }, 'GET', 'GET /users/7'],
    ['one that is called by what may be a route', 2, { 'http.request.method': 'GET' }, 'GET /v2/users/{id}', 'GET /v2/users/{id}'],
    ['one that is called by another method', 2, { 'http.request.method': 'GET' }, 'GET', 'POST /users'],
    ['one in older words', 2, { 'http.method': 'PUT', 'http.route': '/x' }, 'PUT /x'],
    ['a call', 3, { 'http.request.method': 'GET', 'http.route': '/users/:id' }, 'name'],
    ['a served procedure', 2, { 'rpc.system': 'grpc', 'http.request.method': 'POST' }, 'name'],
    ['all else', 1, {}, 'name'],
  ])('counts %s under its operation', (_, kind, values, operation, name) => {
    expect(meaning(kind, values, name).operation).toBe(operation);
  });

  it.each<[number, Record<string, string>, object | undefined]>([
    [4, { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' }, { type: 'queue', name: 'kafka orders', isSource: false }],
    [5, { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' }, { type: 'queue', name: 'kafka orders', isSource: true }],
    [
      4,
      { 'messaging.system': 'rabbitmq', 'messaging.destination.name': 'amq.rabbitmq.reply-to.g1h2AA5y.x==' },
      { type: 'queue', name: 'rabbitmq (anonymous)', isSource: false },
    ],
    [
      5,
      { 'messaging.system': 'rabbitmq', 'messaging.destination.name': 'amq.rabbitmq.reply-to.g1h2AA5y.x==:amq.rabbitmq.reply-to' },
      { type: 'queue', name: 'rabbitmq (anonymous)', isSource: true },
    ],
    [
      5,
      { 'messaging.system': 'rabbitmq', 'messaging.destination.name': 'events:placed:amq.gen-JzTY20' },
      { type: 'queue', name: 'rabbitmq events:placed:(anonymous)', isSource: true },
    ],
    [
      5,
      { 'messaging.system': 'rabbitmq', 'messaging.destination.name': 'my.amq.gen-x' },
      { type: 'queue', name: 'rabbitmq my.amq.gen-x', isSource: true },
    ],
    [3, { 'messaging.system': 'aws_sqs', 'messaging.operation.type': 'receive' }, { type: 'queue', name: 'aws_sqs', isSource: true }],
    [3, { 'db.system': 'redis', 'server.address': 'cache' }, { type: 'database', name: 'redis cache', isSource: false }],
    [1, { 'db.system.name': 'postgresql', 'db.namespace': 'shop' }, { type: 'database', name: 'postgresql shop', isSource: false }],
    [3, { 'server.address': 'example.com' }, { type: 'external', name: 'example.com', isSource: false }],
    [1, { 'server.address': 'example.com', 'http.request.method': 'GET' }, { type: 'external', name: 'example.com', isSource: false }],
    [1, { 'server.address': 'example.com' }, undefined],
    [2, { 'server.address': 'own', 'http.request.method': 'GET' }, undefined],
    [5, { 'server.address': 'broker' }, undefined],
  ])('of kind %i with %o talks to %o', (kind, values, peer) => {
    expect(meaning(kind, values).peer).toEqual(peer);
  });

  it.each(['/health', '/healthz', '/ready', '/live', '/metrics', '/api/v1/readyz/', '/HEALTH', '/healthz?full=1'])(
    'takes a request of %s for a look whether the service lives',
    (path) => {
      expect(meaning(2, { 'http.request.method': 'GET', 'url.path': path }).isHealthCheck).toBe(true);
    },
  );

  it('takes a call of gRPC’s health service for one, and of no other', () => {
    const called = (name: string) => meaning(2, { 'rpc.system': 'grpc' }, name).isHealthCheck;
    expect(['grpc.health.v1.Health/Check', '/grpc.health.v1.Health/Watch'].map(called)).toEqual([true, true]);
    expect(['shop.Health/Check', 'grpc.health.v1.Health/Checkout'].map(called)).toEqual([false, false]);
  });

  it.each(['/healthcare', '/orders/health-insurance', '/', '/alive/7', '/metrics/orders'])('takes %s for work', (path) => {
    expect(meaning(2, { 'http.request.method': 'GET', 'http.route': path }).isHealthCheck).toBe(false);
  });
});

describe('weightOf', () => {
  it.each<[string, number]>([
    ['', 1],
    ['ot=th:8', 2],
    ['ot=th:c', 4],
    ['ot=th:0', 1],
    ['vendor=th:8', 1],
    ['a=b, ot=rv:abcdef;th:fd70a4', 1 / (1 - 0xfd70a4 / 2 ** 24)],
    ['ot=th:nonsense', 1],
    ['ot=th:123456789012345', 1],
  ])('of %o is %d', (traceState, weight) => {
    expect(weightOf(traceState)).toBeCloseTo(weight, 6);
  });
});
