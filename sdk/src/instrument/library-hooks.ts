import { createRequire } from 'node:module';
import type { LoggerConfig } from '../logs/logs-config.ts';
import type { MessagingSettings } from '../messaging/message-tracer.ts';
import type { RedisMessaging } from '../redis/redis-messaging.ts';
import { ModuleHook, type ModuleHookConfig } from './module-hook.ts';
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

/** pino, HTTP/2 clients, databases and queues. The part of this package that follows a library is loaded when the library is, and not before. */
export function createLibraryHooks(config: LibraryHooksConfig): ModuleHook[] {
  let redisMessaging: RedisMessaging | undefined;
  const redis = (): RedisMessaging => {
    const { createRedisMessaging }: typeof import('../redis/redis-messaging.ts') = load('../redis/redis-messaging.js');
    redisMessaging ??= createRedisMessaging({ messaging: config.messaging, channels: config.redisChannels, lists: config.redisLists });
    return redisMessaging;
  };
  const hooks: ModuleHookConfig[] = [
    {
      module: 'pino',
      versions: ['>=9.0.0 <11'],
      patch(exports) {
        const { patchPino }: typeof import('../logs/pino-patch.ts') = load('../logs/pino-patch.js');
        patchPino(exports, config.logs);
      },
    },
    {
      module: 'pg',
      versions: ['>=8.0.0 <9'],
      patch(exports) {
        const { patchPg }: typeof import('../database/pg.ts') = load('../database/pg.js');
        patchPg(exports);
      },
    },
    {
      module: 'mongodb',
      versions: ['>=6.0.0 <8'],
      files: ['mongodb/lib/cmap/connection.js'],
      patch(exports) {
        const { patchMongodb }: typeof import('../database/mongodb.ts') = load('../database/mongodb.js');
        patchMongodb(exports);
      },
    },
    {
      module: 'http2',
      versions: ['*'],
      patch(exports, namespace) {
        const { patchHttp2 }: typeof import('../http/http2-client.ts') = load('../http/http2-client.js');
        for (const holder of [exports, namespace]) patchHttp2(holder);
      },
    },
    { module: 'undici', versions: ['>=5.0.0 <9'], patch: patchUndici },
    {
      module: 'node:sqlite',
      versions: ['*'],
      patch(exports) {
        const { patchSqlite }: typeof import('../database/sqlite.ts') = load('../database/sqlite.js');
        patchSqlite(exports);
      },
    },
    {
      module: 'ioredis',
      versions: ['>=5.0.0 <7'],
      patch(exports) {
        const { patchIoredis }: typeof import('../redis/ioredis.ts') = load('../redis/ioredis.js');
        patchIoredis(exports, redis());
      },
    },
    {
      module: '@redis/client',
      versions: ['>=6.0.0 <7'],
      patch(exports) {
        const { patchNodeRedis }: typeof import('../redis/node-redis.ts') = load('../redis/node-redis.js');
        patchNodeRedis(exports, redis());
      },
    },
    {
      module: 'amqplib',
      versions: ['>=0.10.0 <3'],
      files: ['channel_model', 'callback_model', 'connect', 'recovery'].map((file) => `amqplib/lib/${file}.js`),
      patch(exports) {
        const { patchAmqplib }: typeof import('../messaging/amqplib.ts') = load('../messaging/amqplib.js');
        patchAmqplib(exports, config.messaging);
      },
    },
    {
      module: 'amqp-connection-manager',
      versions: ['>=4.1.0 <6'],
      patch(exports, namespace) {
        const { patchAmqpConnectionManager }: typeof import('../messaging/amqp-connection-manager.ts') = load(
          '../messaging/amqp-connection-manager.js',
        );
        for (const holder of [exports, namespace]) patchAmqpConnectionManager(holder);
      },
    },
    {
      module: 'kafkajs',
      versions: ['>=2.0.0 <3'],
      patch(exports) {
        const { patchKafkajs }: typeof import('../messaging/kafkajs.ts') = load('../messaging/kafkajs.js');
        patchKafkajs(exports, config.messaging);
      },
    },
    {
      module: '@aws-sdk/client-sqs',
      versions: ['>=3.0.0 <4'],
      patch(exports) {
        const { patchSqs }: typeof import('../messaging/sqs.ts') = load('../messaging/sqs.js');
        patchSqs(exports, config.messaging);
      },
    },
    {
      module: 'bullmq',
      versions: ['>=5.0.0 <7'],
      patch(exports) {
        const { patchBullmq }: typeof import('../messaging/bullmq.ts') = load('../messaging/bullmq.js');
        patchBullmq(exports, config.messaging);
      },
    },
  ];
  return hooks.map((hook) => new ModuleHook(hook));
}

/** Names as an import writes them, for the loader; not amqplib, of which only files are changed that it requires itself. */
export const LIBRARY_MODULES = [
  'pino',
  'pg',
  'mongodb',
  'http2',
  'undici',
  'node:sqlite',
  'ioredis',
  '@redis/client',
  'amqp-connection-manager',
  'kafkajs',
  '@aws-sdk/client-sqs',
  'bullmq',
];
