// @ts-check
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleServer } from './assemble.mjs';
import { exchange } from './exchange.mjs';
import { LOOPBACK } from './free-ports.mjs';
import { javaCommand } from './java-command.mjs';
import { startServerProcess } from './server-process.mjs';

const METADATA_API = 3;

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
      answers: async (port) => listsABroker(await exchange(port, metadataRequest(), { isWhole: isWholeResponse })),
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

/** Metadata request, version 1, for no topic: https://kafka.apache.org/protocol */
function metadataRequest() {
  const request = Buffer.alloc(18);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(METADATA_API, 4);
  request.writeInt16BE(1, 6);
  // Bytes 8 to 11 are the correlation id, 0; a client id of length -1 is none; bytes 14 to 17 count no topics.
  request.writeInt16BE(-1, 12);
  return request;
}

/** @param {Buffer} answer */
function isWholeResponse(answer) {
  return answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0);
}

/**
 * The port is open some time before the broker has its place in the cluster; until then the list is empty.
 *
 * @param {Buffer | undefined} answer
 */
function listsABroker(answer) {
  return answer !== undefined && answer.length >= 12 && answer.readInt32BE(8) > 0;
}
