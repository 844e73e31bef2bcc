import { describe, expect, it } from 'vitest';
import { describeHttpMethod, proxiedUrl, type ServedRequest, serverAttributes, splitAuthority, splitTarget } from './http-attributes.ts';

const headers: Record<string, string> = {};
const REQUEST: ServedRequest = {
  method: 'GET',
  target: '/orders/7?page=2',
  scheme: 'http',
  protocolVersion: '1.1',
  authority: 'shop.example:8080',
  header: (name) => headers[name],
  peer: { address: '10.0.0.7', port: 5000 },
};

describe('serverAttributes', () => {
  it('are the stable names of HTTP', () => {
    expect(serverAttributes(describeHttpMethod('GET'), REQUEST)).toEqual({
      'http.request.method': 'GET',
      'url.scheme': 'http',
      'url.path': '/orders/7',
      'url.query': 'page=2',
      'network.protocol.version': '1.1',
      'server.address': 'shop.example',
      'server.port': 8080,
      'client.address': '10.0.0.7',
      'network.peer.address': '10.0.0.7',
      'network.peer.port': 5000,
    });
  });
  it('show no secret of the query', () => {
    const request = { ...REQUEST, target: '/orders?access_token=abc&page=2' };
    expect(serverAttributes(describeHttpMethod('GET'), request)).toMatchObject({ 'url.query': 'access_token=REDACTED&page=2' });
  });
  it('say whom the caller asked and from where when a proxy is between', () => {
    const behind: Record<string, string> = {
      'x-forwarded-host': 'www.shop.example, inner',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.9, 10.0.0.1',
    };
    expect(serverAttributes(describeHttpMethod('GET'), { ...REQUEST, header: (name) => behind[name] })).toMatchObject({
      'url.scheme': 'https',
      'server.address': 'www.shop.example',
      'client.address': '203.0.113.9',
      'network.peer.address': '10.0.0.7',
    });
  });
  it('leave out what is not known', () => {
    const bare = { ...REQUEST, target: '*', authority: undefined, peer: { address: undefined, port: undefined } };
    expect(serverAttributes(describeHttpMethod('OPTIONS'), bare)).toEqual({
      'http.request.method': 'OPTIONS',
      'url.scheme': 'http',
      'url.path': '*',
      'network.protocol.version': '1.1',
    });
  });
});

describe('a method', () => {
  it('that nobody knows does not name spans', () => {
    expect(describeHttpMethod('BREW')).toEqual({
      spanName: 'HTTP',
      attributes: { 'http.request.method': '_OTHER', 'http.request.method_original': 'BREW' },
    });
  });
});

describe('splitTarget', () => {
  it.each([
    ['/a?b=c?d', '/a', 'b=c?d'],
    ['http://host:1/a?b', '/a', 'b'],
    ['http://host', '/', ''],
    ['http://host?b', '/', 'b'],
    ['/http://not-a-host/', '/http://not-a-host/', ''],
    ['', '/', ''],
  ])('%j is the path %j and the query %j', (target, path, query) => {
    expect(splitTarget(target)).toEqual({ path, query });
  });
});

describe('splitAuthority', () => {
  it.each([
    ['host', 'host', undefined],
    ['host:80', 'host', 80],
    ['[::1]:80', '::1', 80],
    ['[::1]', '::1', undefined],
    ['::1', '::1', undefined],
  ])('%j is the host %j and the port %j', (authority, host, port) => {
    expect(splitAuthority(authority)).toEqual({ host, port });
  });
});

describe('proxiedUrl', () => {
  it.each([
    ['http://partner.example.com/a?b=1', 'partner.example.com'],
    ['HTTPS://Partner.Example.com:8443', 'partner.example.com'],
    ['http://bob:hunter2@[::1]:3000/', '[::1]'],
    ['http:\\\\partner.example.com\\a', 'partner.example.com'],
    ['http:partner.example.com', 'partner.example.com'],
    ['ftp://partner.example.com/a', 'partner.example.com'],
    ['/', undefined],
    ['//partner.example.com/a', undefined],
    ['/http://partner.example.com/', undefined],
    ['*', undefined],
    ['', undefined],
    ['mailto:bob@partner.example.com', undefined],
  ])('%j leads to %s', (target, host) => {
    expect(proxiedUrl(target)?.hostname).toBe(host);
  });
});
