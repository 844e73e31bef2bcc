import { describe, expect, it } from 'vitest';
import { callTarget, targetHost } from './call-target.ts';
import { span } from './record-fixtures.ts';

const CLIENT = 3;
const PRODUCER = 4;

function target(name: string, attributes: Readonly<Record<string, string>>, kind = CLIENT): string {
  const ofSpan = Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  return callTarget(span({ name, kind, attributes: ofSpan }));
}

/** As `storage/call-target.test.ts` of the collector has them. */
describe('callTarget', () => {
  it('is host and path of a call, without who asks and what for, as far as the name does not say it', () => {
    expect(target('POST', { 'url.full': 'https://user:secret@api.example.com:8443/v2/charge?card=1#top' })).toBe(
      'api.example.com:8443/v2/charge',
    );
    expect(target('GET /items/7', { 'url.full': 'http://a/items/7' })).toBe('a');
    expect(target('GET', { 'http.url': 'http://stock/' })).toBe('stock');
    expect(target('GET', { 'server.address': 'stock', 'url.full': '/only/a/path' })).toBe('stock');
  });

  it('is the database or the queue, as far as the name does not say it', () => {
    expect(target('SELECT', { 'db.system.name': 'postgresql', 'db.namespace': 'shop' })).toBe('postgresql shop');
    expect(target('SELECT shop', { 'db.system.name': 'postgresql', 'db.namespace': 'shop' })).toBe('postgresql');
    expect(target('GET', { 'db.system.name': 'redis', 'server.address': 'cache-1' })).toBe('redis cache-1');
    expect(target('sqlite INSERT orders', { 'db.system.name': 'sqlite' })).toBe('');
    expect(target('send', { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' }, PRODUCER)).toBe('kafka orders');
    expect(target('send orders', { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' }, PRODUCER)).toBe('kafka');
  });

  it('is nothing where a span says nothing of it, takes messages, or calls nobody by its kind', () => {
    expect(target('work', {})).toBe('');
    expect(target('receive orders', { 'messaging.system': 'aws_sqs', 'messaging.operation.type': 'receive' })).toBe('');
    for (const kind of [0, 1, 2, 5]) expect(target('GET', { 'server.address': 'a' }, kind)).toBe('');
  });

  it('is cut where it is long', () => {
    expect(target('GET', { 'url.full': `http://a/${'x'.repeat(200)}` })).toBe(`a/${'x'.repeat(118)}…`);
  });
});

describe('targetHost', () => {
  it('is a target without its path', () => {
    expect(targetHost('api.example.com:8443/v2/charge')).toBe('api.example.com:8443');
    expect(targetHost('postgresql shop')).toBe('postgresql shop');
  });

  it.each(['10.0.0.1', '10.0.0.1:8080/a', '[::1]:80/b', '[2001:db8::7]', '::1', '2001:db8::7/c'])(
    'is nothing of an address: %s',
    (target) => {
      expect(targetHost(target)).toBe('');
    },
  );

  it.each(['cafe', 'ab:80', '10.0.0.1.example.com', '1.2.3'])('is the name of %s', (target) => {
    expect(targetHost(target)).toBe(target);
  });
});
