// @ts-check
import { assembleServer } from './assemble.mjs';
import { exchange } from './exchange.mjs';
import { LOOPBACK } from './free-ports.mjs';
import { javaCommand } from './java-command.mjs';
import { startServerProcess } from './server-process.mjs';

const OP_MSG = 2013;

/**
 * A server that speaks MongoDB's protocol (mongo-java-server, wire version 13) without sessions, transactions and change
 * streams. Its data are in memory and end with it.
 *
 * @param {import('./server-process.mjs').ServerOptions} [options]
 */
export async function startMongo(options = {}) {
  const assembly = await assembleServer('mongo');
  return startServerProcess(
    {
      name: 'mongo',
      ports: 1,
      prepare: ({ ports: [port] }) =>
        javaCommand(assembly, {
          mainClass: 'MongoServerLauncher',
          heap: '128m',
          properties: { 'org.slf4j.simpleLogger.defaultLogLevel': 'warn' },
          args: [LOOPBACK, String(port)],
        }),
      answers: async (port) => (await exchange(port, helloRequest(), { isWhole: isWholeHello }))?.includes('maxWireVersion') ?? false,
      url: (port) => `mongodb://${LOOPBACK}:${port}`,
    },
    options,
  );
}

/**
 * OP_MSG with the body `{ isMaster: 1, $db: 'admin' }`, in BSON (https://bsonspec.org). It is what drivers say first; the
 * newer name of that command, `hello`, this server does not know.
 */
function helloRequest() {
  const elements = Buffer.from('\x10isMaster\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0', 'latin1');
  const document = Buffer.concat([int32(4 + elements.length), elements]);
  const body = Buffer.concat([int32(0), Buffer.from([0]), document]);
  return Buffer.concat([int32(16 + body.length), int32(1), int32(0), int32(OP_MSG), body]);
}

/** @param {number} value */
function int32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** @param {Buffer} answer */
function isWholeHello(answer) {
  return answer.length >= 4 && answer.length >= answer.readInt32LE(0);
}
