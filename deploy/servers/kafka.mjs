// @ts-check
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleServer } from './assemble.mjs';
import { exchange } from './exchange.mjs';
import { LOOPBACK } from './free-ports.mjs';
import { javaCommand } from './java-command.mjs';
import { startServerProcess } from './server-process.mjs';

/** [key, version] of the requests that `isReady` sends: https://kafka.apache.org/protocol */
const METADATA = /** @type {const} */ ([3, 1]);
const FIND_COORDINATOR = /** @type {const} */ ([10, 0]);
const DESCRIBE_GROUPS = /** @type {const} */ ([15, 0]);
/** Nobody's: it stays without members. */
const PROBED_GROUP = 'threadline-probe';

/**
 * One Kafka node in KRaft mode, broker and controller at once; topics come to be when they are first named. In a folder
 * of the caller's it keeps its topics, for a start on any port. `url` is what clients call a bootstrap server or broker.
 *
 * @param {import('./server-process.mjs').ServerOptions} [options]
 */
export async function startKafka(options = {}) {
  const assembly = await assembleServer('kafka');
  return startServerProcess(
    {
      name: 'kafka',
      // Clients, the controller.
      ports: 2,
      prepare: ({ directory, ports: [port, controllerPort] }) => {
        const data = join(directory, 'data');
        if (!existsSync(data)) cpSync(join(assembly.directory, 'formatted'), data, { recursive: true });
        const configuration = join(directory, 'server.properties');
        writeFileSync(configuration, properties({ data, broker: `${LOOPBACK}:${port}`, controller: `${LOOPBACK}:${controllerPort}` }));
        return javaCommand(assembly, {
          mainClass: 'kafka.Kafka',
          heap: '384m',
          properties: { 'org.slf4j.simpleLogger.defaultLogLevel': 'warn' },
          args: [configuration],
        });
      },
      answers: isReady,
      url: (port) => `${LOOPBACK}:${port}`,
    },
    options,
  );
}

/** @param {{ data: string, broker: string, controller: string }} place */
function properties({ data, broker, controller }) {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${controller}`,
    listeners: `PLAINTEXT://${broker},CONTROLLER://${controller}`,
    'advertised.listeners': `PLAINTEXT://${broker}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': data,
    'auto.create.topics.enable': true,
    // One node has one copy, and few partitions are soon made.
    'num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    // A test's group has all its members at once.
    'group.initial.rebalance.delay.ms': 0,
    'num.network.threads': 2,
    'num.io.threads': 2,
    // It holds 128 MB by default, of a heap that has three times that.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/**
 * The port is open some time before the broker has its place in the cluster, and the first consumer group would wait for
 * the topic that groups are kept in, which some clients tell as errors: made and loaded here, it costs nobody a test.
 *
 * @param {number} port
 */
async function isReady(port) {
  const brokers = await ask(port, METADATA, int32(0));
  if (brokers === undefined || brokers.readInt32BE(0) === 0) return false;
  const coordinator = await ask(port, FIND_COORDINATOR, string(PROBED_GROUP));
  if (coordinator?.readInt16BE(0) !== 0) return false;
  const groups = await ask(port, DESCRIBE_GROUPS, Buffer.concat([int32(1), string(PROBED_GROUP)]));
  return groups?.readInt16BE(4) === 0;
}

/**
 * @param {number} port
 * @param {readonly [key: number, version: number]} api
 * @param {Buffer} body
 * @returns {Promise<Buffer | undefined>} the answer's body
 */
async function ask(port, [key, version], body) {
  const correlationId = int32(0);
  const noClientId = int16(-1);
  const request = Buffer.concat([int16(key), int16(version), correlationId, noClientId, body]);
  const isWhole = (/** @type {Buffer} */ answer) => answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0);
  const answer = await exchange(port, Buffer.concat([int32(request.length), request]), { isWhole });
  // Behind its length and the correlation id.
  return answer?.subarray(8);
}

/** @param {number} value */
function int16(value) {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

/** @param {number} value */
function int32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** @param {string} text */
function string(text) {
  return Buffer.concat([int16(text.length), Buffer.from(text)]);
}
