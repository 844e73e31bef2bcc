import { describe, expect, it } from 'vitest';
import { callTarget } from './call-target.ts';

const CLIENT = 3;
const PRODUCER = 4;

function target(name: string, attributes: Readonly<Record<string, string>>, kind = CLIENT): string {
  return callTarget({ name, kind }, (key) => attributes[key]);
}

describe('callTarget', () => {
  it('is host and path of an HTTP call, without who asks and what for', () => {
    const url = 'https://user:secret@api.example.com:8443/v2/charge?card=1#top';
    expect(target('POST', { 'http.request.method': 'POST', 'server.address': 'api.example.com', 'url.full': url })).toBe(
      'api.example.com:8443/v2/charge',
    );
    expect(target('GET', { 'http.method': 'GET', 'net.peer.name': 'stock', 'http.url': 'http://stock/' })).toBe('stock');
  });

  it('is the host alone where the span names no URL, or one that is none', () => {
    expect(target('GET', { 'http.request.method': 'GET', 'server.address': 'stock' })).toBe('stock');
    expect(target('GET', { 'http.request.method': 'GET', 'server.address': 'stock', 'url.full': '/only/a/path' })).toBe('stock');
  });

  it('says nothing twice: not the path, the database or the queue that the name has', () => {
    expect(target('GET /items/7', { 'http.request.method': 'GET', 'server.address': 'a', 'url.full': 'http://a/items/7' })).toBe('a');
    expect(target('SELECT shop', { 'db.system.name': 'postgresql', 'db.namespace': 'shop' })).toBe('postgresql');
    expect(target('send orders', { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' }, PRODUCER)).toBe('kafka');
    expect(target('sqlite INSERT orders', { 'db.system.name': 'sqlite' })).toBe('');
    expect(target('GET a', { 'http.request.method': 'GET', 'server.address': 'a', 'url.full': 'http://a/' })).toBe('');
    expect(target('send', { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' }, PRODUCER)).toBe('kafka orders');
  });

  it('is the database by its system and name, else its host', () => {
    expect(target('SELECT', { 'db.system': 'mysql', 'db.name': 'shop' })).toBe('mysql shop');
    expect(target('GET', { 'db.system.name': 'redis', 'server.address': 'cache-1' })).toBe('redis cache-1');
  });

  it('is the host of an RPC', () => {
    expect(target('shop.Stock/Reserve', { 'rpc.system': 'grpc', 'server.address': 'stock' })).toBe('stock');
  });

  it('is nothing where a span says nothing of it, takes messages, or calls nobody by its kind', () => {
    expect(target('work', {})).toBe('');
    expect(target('receive orders', { 'messaging.system': 'aws_sqs', 'messaging.operation.type': 'receive' })).toBe('');
    const call = { 'http.request.method': 'GET', 'server.address': 'a' };
    for (const kind of [0, 1, 2, 5, 42]) expect(target('GET', call, kind)).toBe('');
  });

  it('is cut where it is long, and well-formed all the same', () => {
    const long = target('GET', {
      'http.request.method': 'GET',
      'server.address': 'a',
      'url.full': `http://a/${'x'.repeat(117)}😀${'x'.repeat(50)}`,
    });
    expect(long).toBe(`a/${'x'.repeat(117)}�…`);
  });
});
