import { describe, expect, it } from 'vitest';
import { isHostAllowed } from './host-check.ts';

describe('isHostAllowed', () => {
  it.each([
    'localhost',
    'localhost:4319',
    'LOCALHOST:4319',
    'ui.localhost:4319',
    '127.0.0.1:4319',
    '10.0.0.7',
    '[::1]:4319',
    '[fe80::1]',
    'logs.example.com:4319',
    'Logs.Example.com.',
  ])('allows %s', (host) => {
    expect(isHostAllowed(host, ['logs.example.COM'])).toBe(true);
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    'notlocalhost',
    '127.0.0.1.evil.example',
    'logs.example.com.evil.example',
    '[evil.example]',
    'user@localhost',
    'localhost:99999999',
    'localhost, evil.example',
  ])('refuses %s', (host) => {
    expect(isHostAllowed(host, ['logs.example.com'])).toBe(false);
  });
});
