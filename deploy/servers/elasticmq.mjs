// @ts-check
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleServer } from './assemble.mjs';
import { LOOPBACK } from './free-ports.mjs';
import { javaCommand } from './java-command.mjs';
import { startServerProcess } from './server-process.mjs';

/** Longer than a healthy server takes and short enough to ask again often. */
const PROBE_TIMEOUT_MILLIS = 2_000;

/**
 * ElasticMQ, which speaks the API of AWS SQS, with the limits of the real one (10 attributes a message, its characters,
 * its sizes). Any region and any credentials will do. Its queues are in memory and end with it.
 *
 * @param {import('./server-process.mjs').ServerOptions} [options]
 */
export async function startElasticmq(options = {}) {
  const assembly = await assembleServer('elasticmq');
  return startServerProcess(
    {
      name: 'elasticmq',
      ports: 1,
      prepare: ({ directory, ports: [port] }) => {
        const configuration = join(directory, 'elasticmq.conf');
        writeFileSync(
          configuration,
          `include classpath("application.conf")
rest-sqs { enabled = true, bind-hostname = "${LOOPBACK}", bind-port = ${port}, sqs-limits = strict }
rest-stats { enabled = false }
# Of the URLs that it gives its queues.
node-address { protocol = http, host = "${LOOPBACK}", port = ${port}, context-path = "" }
`,
        );
        return javaCommand(assembly, {
          mainClass: 'org.elasticmq.server.Main',
          heap: '192m',
          properties: { 'config.file': configuration },
        });
      },
      answers,
      url: (port) => `http://${LOOPBACK}:${port}`,
    },
    options,
  );
}

/** @param {number} port */
async function answers(port) {
  try {
    const response = await fetch(`http://${LOOPBACK}:${port}/?Action=ListQueues`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MILLIS) });
    return response.ok && (await response.text()).includes('ListQueuesResponse');
  } catch {
    return false;
  }
}
