// @ts-check
import { createConnection } from 'node:net';
import { LOOPBACK } from './free-ports.mjs';

/** A server that is up answers a probe at once; one that is starting may accept a connection and say nothing. */
const DEFAULT_TIMEOUT_MILLIS = 2_000;

/**
 * Sends bytes to a server on this machine and collects what it says until that is a whole answer. Undefined when it
 * does not come to that: nobody listens, the connection ends before, the time is over. Never rejects.
 *
 * @param {number} port
 * @param {Uint8Array | string} request
 * @param {{ isWhole: (answer: Buffer) => boolean, timeoutMillis?: number }} options
 * @returns {Promise<Buffer | undefined>}
 */
export function exchange(port, request, { isWhole, timeoutMillis = DEFAULT_TIMEOUT_MILLIS }) {
  return new Promise((resolve) => {
    const socket = createConnection({ host: LOOPBACK, port });
    let answer = Buffer.alloc(0);
    const timer = setTimeout(() => socket.destroy(), timeoutMillis);
    socket.once('connect', () => socket.write(request));
    socket.on('data', (bytes) => {
      answer = Buffer.concat([answer, bytes]);
      if (!isWhole(answer)) return;
      resolve(answer);
      socket.destroy();
    });
    // A refusal is an answer to "are you there": `close` follows and settles.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}
