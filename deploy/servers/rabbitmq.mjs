// @ts-check
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exchange } from './exchange.mjs';
import { findProgram, programOrThrow } from './find-program.mjs';
import { LOOPBACK } from './free-ports.mjs';
import { startServerProcess } from './server-process.mjs';

/** Debian's program on the PATH insists on the user `rabbitmq`; the one behind it runs as anybody. */
const DEBIAN_SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';
/** A schedulers' pair is plenty, and threads that wait in a loop would take the tests' processors. */
const ERLANG_ARGUMENTS = [
  '+S',
  '2:2',
  '+sbwt',
  'none',
  '+sbwtdcpu',
  'none',
  '+sbwtdio',
  'none',
  '-kernel',
  'inet_dist_use_interface',
  '{127,0,0,1}',
];
/** RabbitMQ would start the port mapper as a daemon, which nobody would end: ours is there first, and in our group. */
const WITH_PORT_MAPPER = 'epmd -address "$ERL_EPMD_ADDRESS" & exec "$1"';

/** @returns {string | undefined} */
export function findRabbitmq() {
  return findProgram(DEBIAN_SERVER, 'rabbitmq-server');
}

/**
 * A RabbitMQ server without plugins, user and password `guest`, as every client has by default. In a folder of the
 * caller's it keeps its durable queues.
 *
 * @param {import('./server-process.mjs').ServerOptions} [options]
 */
export function startRabbitmq(options = {}) {
  return startServerProcess(
    {
      name: 'rabbitmq',
      // Clients, other nodes, the port mapper.
      ports: 3,
      prepare: ({ directory, ports: [port, distributionPort, portMapperPort] }) => {
        const server = programOrThrow(findRabbitmq(), 'rabbitmq');
        writeFileSync(join(directory, 'rabbitmq.conf'), 'log.console = true\nlog.console.level = warning\nlog.file = false\n');
        writeFileSync(join(directory, 'enabled_plugins'), '[].\n');
        // The machine's own settings, which it would read otherwise.
        writeFileSync(join(directory, 'rabbitmq-env.conf'), '');
        return {
          command: '/bin/sh',
          args: ['-c', WITH_PORT_MAPPER, 'sh', server],
          environment: {
            // For the cookie.
            HOME: directory,
            LANG: 'C.UTF-8',
            RABBITMQ_CONF_ENV_FILE: join(directory, 'rabbitmq-env.conf'),
            RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
            RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
            RABBITMQ_MNESIA_BASE: join(directory, 'data'),
            RABBITMQ_LOG_BASE: join(directory, 'logs'),
            RABBITMQ_PID_FILE: join(directory, 'rabbitmq.pid'),
            RABBITMQ_NODENAME: 'threadline@localhost',
            RABBITMQ_NODE_IP_ADDRESS: LOOPBACK,
            RABBITMQ_NODE_PORT: String(port),
            RABBITMQ_DIST_PORT: String(distributionPort),
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: ERLANG_ARGUMENTS.join(' '),
            ERL_EPMD_ADDRESS: LOOPBACK,
            ERL_EPMD_PORT: String(portMapperPort),
            // Nothing to write after a crash of a test's server.
            ERL_CRASH_DUMP_SECONDS: '0',
          },
        };
      },
      answers: async (port) => (await exchange(port, protocolHeader(), { isWhole: isConnectionStart })) !== undefined,
      url: (port) => `amqp://guest:guest@${LOOPBACK}:${port}`,
    },
    options,
  );
}

/** AMQP 0-9-1, section 4.2.2. */
function protocolHeader() {
  return Buffer.from('AMQP\0\0\x09\x01', 'latin1');
}

/**
 * A method frame (type 1) on channel 0 with class 10, method 10.
 *
 * @param {Buffer} answer
 */
function isConnectionStart(answer) {
  return answer.length >= 11 && answer[0] === 1 && answer.readUInt32BE(7) === ((10 << 16) | 10);
}
