import { createRequire } from 'node:module';
import type { LoggerConfig } from '../logs/logs-config.ts';
import type { MessagingSettings } from '../messaging/message-tracer.ts';
import type { RedisMessaging } from '../redis/redis-messaging.ts';
import type { ModuleHook } from './module-hook.ts';
import { patchUndici } from './undici.ts';

/** Loads a module of this package when it is needed, at once: what a patch may not do is wait. */
const load = createRequire(import.meta.url);

export interface LibraryHooksConfig {
  readonly messaging: MessagingSettings;
  readonly logs: LoggerConfig;
  /** Redis pub/sub channels that were opted in, as patterns with `*`. */
  readonly redisChannels: readonly string[];
  /** Redis lists that were opted in, as patterns with `*`. */
  readonly redisLists: readonly string[];
}

/** pino, piscina, workerpool, p-queue, Bottleneck, cockatiel, async, Nest, HTTP/2 clients, databases and queues. The part of this package that follows a library is loaded when the library is, and not before. */
export function createLibraryHooks(config: LibraryHooksConfig): ModuleHook[] {
  let redisMessaging: RedisMessaging | undefined;
  const redis = (): RedisMessaging => {
    const { createRedisMessaging }: typeof import('../redis/redis-messaging.ts') = load('../redis/redis-messaging.js');
    redisMessaging ??= createRedisMessaging({ messaging: config.messaging, channels: config.redisChannels, lists: config.redisLists });
    return redisMessaging;
  };
  return [
    {
      module: 'pino',
      versions: { least: '9.0.0', below: 11 },
      patch(exports) {
        const { patchPino }: typeof import('../logs/pino-patch.ts') = load('../logs/pino-patch.js');
        patchPino(exports, config.logs);
      },
    },
    {
      module: 'pg',
      versions: { least: '8.0.0', below: 9 },
      patch(exports) {
        const { patchPg }: typeof import('../database/pg.ts') = load('../database/pg.js');
        patchPg(exports);
      },
    },
    {
      module: 'mysql2',
      versions: { least: '3.0.0', below: 4 },
      files: ['promise', 'lib/connection', 'lib/base/connection', 'lib/pool', 'lib/base/pool', 'lib/pool_connection'].map(
        (file) => `mysql2/${file}.js`,
      ),
      patch(exports) {
        const { patchMysql2 }: typeof import('../database/mysql.ts') = load('../database/mysql.js');
        patchMysql2(exports);
      },
    },
    {
      module: 'mysql',
      versions: { least: '2.18.0', below: 3 },
      files: ['Connection', 'Pool', 'protocol/Protocol'].map((file) => `mysql/lib/${file}.js`),
      patch(exports) {
        const { patchMysql }: typeof import('../database/mysql.ts') = load('../database/mysql.js');
        patchMysql(exports);
      },
    },
    {
      module: 'mariadb',
      versions: { least: '3.3.0', below: 4 },
      files: ['promise.js', 'callback.js', 'dist/callback.cjs'].map((file) => `mariadb/${file}`),
      patch(exports) {
        const { patchMariadb }: typeof import('../database/mariadb.ts') = load('../database/mariadb.js');
        patchMariadb(exports);
      },
    },
    {
      module: 'mongodb',
      versions: { least: '6.0.0', below: 8 },
      files: ['mongodb/lib/cmap/connection.js'],
      patch(exports) {
        const { patchMongodb }: typeof import('../database/mongodb.ts') = load('../database/mongodb.js');
        patchMongodb(exports);
      },
    },
    {
      module: 'piscina',
      versions: { least: '5.0.0', below: 6 },
      files: ['piscina/dist/worker_pool/index.js'],
      patch(exports) {
        const { patchPiscina }: typeof import('./piscina.ts') = load('../instrument/piscina.js');
        patchPiscina(exports);
      },
    },
    {
      module: 'workerpool',
      versions: { least: '9.0.0', below: 11 },
      files: ['Pool', 'WorkerHandler'].map((file) => `workerpool/src/${file}.js`),
      patch(exports) {
        const { patchWorkerpool }: typeof import('./workerpool.ts') = load('../instrument/workerpool.js');
        patchWorkerpool(exports);
      },
    },
    ...[
      { module: 'p-queue', versions: { least: '6.0.0', below: 11 }, exported: 'default', methods: ['add'] },
      { module: 'bottleneck', versions: { least: '2.0.0', below: 3 }, exported: 'default', methods: ['schedule', 'submit'] },
      { module: 'cockatiel', versions: { least: '3.0.0', below: 5 }, exported: 'BulkheadPolicy', methods: ['execute'] },
    ].map(({ module, versions, exported, methods }) => ({
      module,
      versions,
      patch(exports: unknown, namespace: unknown) {
        const { patchJobLimiter }: typeof import('./job-limiters.ts') = load('../instrument/job-limiters.js');
        for (const holder of [exports, namespace]) patchJobLimiter(holder, exported, methods);
      },
    })),
    {
      module: 'async',
      versions: { least: '3.2.4', below: 4 },
      isForMoreThanThis: true,
      patch(exports) {
        const { patchAsyncQueues }: typeof import('./async-queues.ts') = load('../instrument/async-queues.js');
        patchAsyncQueues(exports);
      },
    },
    {
      module: '@nestjs/core',
      versions: { least: '10.0.0', below: 13 },
      files: ['@nestjs/core/exceptions/exceptions-handler.js'],
      isSeenAnyway: true,
      patch(exports) {
        const { patchNest }: typeof import('./nest.ts') = load('../instrument/nest.js');
        patchNest(exports);
      },
    },
    {
      module: 'http2',
      patch(exports, namespace) {
        const { patchHttp2 }: typeof import('../http/http2-client.ts') = load('../http/http2-client.js');
        for (const holder of [exports, namespace]) patchHttp2(holder);
      },
    },
    { module: 'undici', versions: { least: '5.0.0', below: 9 }, isSeenAnyway: true, patch: patchUndici },
    {
      module: 'node:sqlite',
      patch(exports) {
        const { patchSqlite }: typeof import('../database/sqlite.ts') = load('../database/sqlite.js');
        patchSqlite(exports);
      },
    },
    {
      module: 'ioredis',
      versions: { least: '5.0.0', below: 7 },
      patch(exports) {
        const { patchIoredis }: typeof import('../redis/ioredis.ts') = load('../redis/ioredis.js');
        patchIoredis(exports, redis());
      },
    },
    {
      module: '@redis/client',
      versions: { least: '6.0.0', below: 7 },
      patch(exports) {
        const { patchNodeRedis }: typeof import('../redis/node-redis.ts') = load('../redis/node-redis.js');
        patchNodeRedis(exports, redis());
      },
    },
    {
      module: 'amqplib',
      versions: { least: '0.10.0', below: 3 },
      files: ['channel_model', 'callback_model', 'connect', 'recovery'].map((file) => `amqplib/lib/${file}.js`),
      patch(exports) {
        const { patchAmqplib }: typeof import('../messaging/amqplib.ts') = load('../messaging/amqplib.js');
        patchAmqplib(exports, config.messaging);
      },
    },
    {
      module: 'amqp-connection-manager',
      versions: { least: '4.1.0', below: 6 },
      files: ['amqp-connection-manager/dist/esm/index.js'],
      patch(exports, namespace) {
        const { patchAmqpConnectionManager }: typeof import('../messaging/amqp-connection-manager.ts') = load(
          '../messaging/amqp-connection-manager.js',
        );
        for (const holder of [exports, namespace]) patchAmqpConnectionManager(holder);
      },
    },
    {
      module: 'kafkajs',
      versions: { least: '2.0.0', below: 3 },
      patch(exports) {
        const { patchKafkajs }: typeof import('../messaging/kafkajs.ts') = load('../messaging/kafkajs.js');
        patchKafkajs(exports, config.messaging);
      },
    },
    {
      module: '@confluentinc/kafka-javascript',
      versions: { least: '1.0.0', below: 2 },
      files: ['producer-stream', 'kafka-consumer-stream'].map((file) => `@confluentinc/kafka-javascript/lib/${file}.js`),
      patch(exports) {
        const { patchConfluentKafka }: typeof import('../messaging/confluent-kafka.ts') = load('../messaging/confluent-kafka.js');
        patchConfluentKafka(exports, config.messaging);
      },
    },
    {
      module: '@aws-sdk/client-sqs',
      versions: { least: '3.0.0', below: 4 },
      patch(exports) {
        const { patchSqs }: typeof import('../messaging/sqs.ts') = load('../messaging/sqs.js');
        patchSqs(exports, config.messaging);
      },
    },
    {
      module: '@aws-sdk/client-sns',
      versions: { least: '3.0.0', below: 4 },
      patch(exports) {
        const { patchSns }: typeof import('../messaging/sns.ts') = load('../messaging/sns.js');
        patchSns(exports, config.messaging);
      },
    },
    {
      module: 'bullmq',
      versions: { least: '5.0.0', below: 7 },
      patch(exports) {
        const { patchBullmq }: typeof import('../messaging/bullmq.ts') = load('../messaging/bullmq.js');
        patchBullmq(exports, config.messaging);
      },
    },
  ];
}
