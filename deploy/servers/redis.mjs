// @ts-check
import { exchange } from './exchange.mjs';
import { findProgram, programOrThrow } from './find-program.mjs';
import { LOOPBACK } from './free-ports.mjs';
import { startServerProcess } from './server-process.mjs';

/** @returns {string | undefined} */
export function findRedis() {
  return findProgram('redis-server');
}

/**
 * A Redis server without a password. In a folder of the caller's it keeps its data, each write at once on disk.
 *
 * @param {import('./server-process.mjs').ServerOptions} [options]
 */
export function startRedis(options = {}) {
  return startServerProcess(
    {
      name: 'redis',
      ports: 1,
      prepare: ({ directory, ports: [port] }) => ({
        command: programOrThrow(findRedis(), 'redis'),
        args: [
          ...['--bind', LOOPBACK, '--port', String(port), '--dir', directory, '--save', ''],
          ...['--appendonly', options.directory === undefined ? 'no' : 'yes', '--appendfsync', 'always'],
        ],
      }),
      answers: async (port) =>
        (await exchange(port, 'PING\r\n', { isWhole: (answer) => answer.includes('\r\n') }))?.toString() === '+PONG\r\n',
      url: (port) => `redis://${LOOPBACK}:${port}`,
    },
    options,
  );
}

/**
 * A Redis Cluster of one node, which has all slots.
 *
 * @param {import('./server-process.mjs').ServerOptions} [options]
 */
export function startRedisCluster(options = {}) {
  return startServerProcess(
    {
      name: 'redis-cluster',
      ports: 2,
      prepare: ({ directory, ports: [port, bus] }) => ({
        command: programOrThrow(findRedis(), 'redis'),
        args: [
          ...['--bind', LOOPBACK, '--port', String(port), '--dir', directory, '--save', ''],
          ...['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-announce-ip', LOOPBACK],
        ],
      }),
      async answers(port) {
        // Refused once it has them.
        await exchange(port, 'CLUSTER ADDSLOTSRANGE 0 16383\r\n', { isWhole: (answer) => answer.includes('\r\n') });
        const info = await exchange(port, 'CLUSTER INFO\r\n', { isWhole: (answer) => answer.includes('cluster_state:') });
        return info?.includes('cluster_state:ok') === true;
      },
      url: (port) => `redis://${LOOPBACK}:${port}`,
    },
    options,
  );
}
