import { expect } from 'vitest';
import { exchange } from '../exchange.mjs';
import { describeServer } from './describe-server.ts';

describeServer('redis', async ({ port }) => {
  const answer = await exchange(port, 'SET color blue\r\nGET color\r\n', { isWhole: (bytes) => bytes.includes('blue\r\n') });
  expect(answer?.toString()).toBe('+OK\r\n$4\r\nblue\r\n');
});
