// @ts-check
import { once } from 'node:events';
import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/**
 * Ports of 127.0.0.1 that nobody listens on, each another one, chosen by the system. They are free when this resolves
 * and not reserved: who starts a server on one must be ready to find it taken, and ask again.
 *
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function findFreePorts(count) {
  const listeners = Array.from({ length: count }, () => createServer());
  try {
    // All are open at the same time, so that the system cannot give one port twice.
    return await Promise.all(listeners.map(openOnFreePort));
  } finally {
    await Promise.all(listeners.map((listener) => new Promise((resolve) => listener.close(resolve))));
  }
}

/** @param {import('node:net').Server} listener */
async function openOnFreePort(listener) {
  listener.listen(0, LOOPBACK);
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error(`expected a port of ${LOOPBACK}, got ${address}`);
  return address.port;
}
