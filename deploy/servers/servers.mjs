// @ts-check
import { startElasticmq } from './elasticmq.mjs';
import { startKafka } from './kafka.mjs';
import { startMariadb } from './mariadb.mjs';
import { startMongo } from './mongo.mjs';
import { startPostgres } from './postgres.mjs';
import { startRabbitmq } from './rabbitmq.mjs';
import { startRedis } from './redis.mjs';

/** @typedef {import('./how-to-install.mjs').ServerName} ServerName */
/** @typedef {(options?: import('./server-process.mjs').ServerOptions) => Promise<import('./server-process.mjs').RunningServer>} StartServer */

/**
 * How each server is started, by its name.
 *
 * @type {Readonly<Record<ServerName, StartServer>>}
 */
export const START_SERVER = {
  redis: startRedis,
  rabbitmq: startRabbitmq,
  postgres: startPostgres,
  mariadb: startMariadb,
  kafka: startKafka,
  elasticmq: startElasticmq,
  mongo: startMongo,
};
