import { describe, expect, it } from 'vitest';
import { createAllowedHosts, isHostPattern } from './allowed-hosts.ts';

describe('createAllowedHosts', () => {
  const own = createAllowedHosts([]);
  it.each([
    'localhost',
    'orders',
    'ORDERS',
    'printer.local',
    'db.internal',
    'orders.shop.svc',
    'orders.shop.svc.cluster.local',
    '127.0.0.1',
    '127.9.9.9',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.0.9',
    '::1',
    '[::1]',
    'fd12::1',
    'fe80::1%eth0',
    '::ffff:10.0.0.1',
    'orders.',
  ])('allows %s by default', (host) => {
    expect(own.allows(host)).toBe(true);
  });
  it.each(['api.example.com', 'example.com', '8.8.8.8', '172.32.0.1', '169.254.169.254', '2001:db8::1', 'evil-local', 'x.notlocal', ''])(
    'refuses %j by default unless it has a single label',
    (host) => {
      expect(own.allows(host)).toBe(host === 'evil-local');
    },
  );
  it('allows what its list names, below a suffix or in a range', () => {
    const hosts = createAllowedHosts(['API.example.com', '*.corp.example', '.inner.example', '203.0.113.0/24', '2001:db8::/32']);
    for (const host of ['api.example.com', 'a.b.corp.example', 'x.inner.example', '203.0.113.7', '2001:db8::5']) {
      expect(hosts.allows(host)).toBe(true);
    }
    for (const host of ['x.api.example.com', 'corp.example', '203.0.114.1']) expect(hosts.allows(host)).toBe(false);
  });
});

describe('isHostPattern', () => {
  it.each(['a', 'a.b', '*.a.b', '.a', '10.0.0.0/8', '::1', 'my_host'])('accepts %s', (entry) => {
    expect(isHostPattern(entry)).toBe(true);
  });
  it.each(['', '*', 'a:80', 'http://a', 'a/b', '10.0.0.0/33', 'a..b', '-a'])('refuses %j', (entry) => {
    expect(isHostPattern(entry)).toBe(false);
  });
});
