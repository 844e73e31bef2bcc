import { afterAll, beforeAll, expect, it } from 'vitest';
import { startElasticmq } from '../../../deploy/servers/elasticmq.mjs';
import { startKafka } from '../../../deploy/servers/kafka.mjs';
import { startMariadb } from '../../../deploy/servers/mariadb.mjs';
import { startPostgres } from '../../../deploy/servers/postgres.mjs';
import { startRabbitmq } from '../../../deploy/servers/rabbitmq.mjs';
import { startRedis } from '../../../deploy/servers/redis.mjs';
import { killApps, startApp } from '../app-process.ts';
import { type ScriptedCollector, startCollector } from '../scripted-collector.ts';

let collector: ScriptedCollector;
let env: Record<string, string> = {};
let stopServers = async (): Promise<void> => undefined;

beforeAll(async () => {
  collector = await startCollector();
  const [elasticmq, kafka, mariadb, postgres, rabbitmq, redis] = await Promise.all([
    startElasticmq(),
    startKafka(),
    startMariadb(),
    startPostgres(),
    startRabbitmq(),
    startRedis(),
  ]);
  env = {
    SQS_URL: elasticmq.url,
    KAFKA_BROKERS: kafka.url,
    MYSQL_URL: mariadb.url,
    POSTGRES_URL: postgres.url,
    AMQP_URL: rabbitmq.url,
    REDIS_URL: redis.url,
    THREADLINE_SDK_REDIS_LISTS: 'example-*',
    THREADLINE_SDK_REDIS_CHANNELS: 'example-*',
  };
  stopServers = async () => {
    await Promise.all([elasticmq.stop(), kafka.stop(), mariadb.stop(), postgres.stop(), rabbitmq.stop(), redis.stop()]);
  };
});
afterAll(async () => {
  await killApps();
  await stopServers();
  await collector.close();
});

it.each([
  ['databases-pg', [42]],
  ['databases-mysql', [42]],
  ['rabbitmq', ['consumed order-9', 'fetched order-10']],
  ['kafka', ['nine order-9', 'ten order-10']],
  ['sqs', ['nine order-9', 'by index nine order-9']],
  ['redis', ['text entry order-9', 'element order-10', 'news order-11', 'job order-12']],
])('the example of %s prints what its page says', async (name, printed) => {
  const app = startApp({
    script: `../../examples/transports/${name}.mjs`,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, NODE_NO_WARNINGS: '1', ...env },
  });
  expect(await app.ended(), app.stderr()).toMatchObject({ code: 0 });
  expect(app.lines).toEqual(printed);
});
