import { expect, it } from 'vitest';
import { createRefusedHosts } from './refused-hosts.ts';

it('names a host once', () => {
  const lines: string[] = [];
  const refuse = createRefusedHosts((line) => lines.push(line));
  for (const host of ['a.example', 'b.example', 'a.example']) refuse(host);
  expect(lines).toEqual([
    'threadline: a.example is told neither correlation id nor baggage; if it is yours, add it to THREADLINE_SDK_ALLOWED_HOSTS',
    'threadline: b.example is told neither correlation id nor baggage; if it is yours, add it to THREADLINE_SDK_ALLOWED_HOSTS',
  ]);
});

it('stops after a hundred and says so', () => {
  const lines: string[] = [];
  const refuse = createRefusedHosts((line) => lines.push(line));
  for (let index = 0; index < 300; index += 1) refuse(`host-${index}.example`);
  expect(lines).toHaveLength(101);
  expect(lines.at(-1)).toBe('threadline: further hosts that are not allowed are not named');
});
