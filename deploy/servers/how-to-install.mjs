// @ts-check
/** Kafka 4.3 needs it; ElasticMQ and mongo-java-server are content with less. */
export const OLDEST_JDK_OF_SERVERS = 17;

const JAVA_PACKAGES = ['maven', 'default-jdk-headless'];

/**
 * @param {string} server
 */
function javaAdvice(server) {
  return `Maven (mvn on the PATH) and a JDK of ${OLDEST_JDK_OF_SERVERS} or newer (in JAVA_HOME or under /usr/lib/jvm) for the tests with ${server}`;
}

/** @typedef {'redis' | 'rabbitmq' | 'postgres' | 'mariadb' | 'kafka' | 'elasticmq' | 'mongo'} ServerName */

/**
 * What each server needs that npm cannot bring: Debian's packages, and words for whoever must see to it by hand.
 *
 * @type {Readonly<Record<ServerName, { aptPackages: readonly string[], advice: string }>>}
 */
export const HOW_TO_INSTALL = {
  redis: { aptPackages: ['redis-server'], advice: 'Redis (Debian: redis-server) for the tests with Redis' },
  rabbitmq: { aptPackages: ['rabbitmq-server'], advice: 'RabbitMQ (Debian: rabbitmq-server) for the tests with RabbitMQ' },
  postgres: { aptPackages: ['postgresql'], advice: 'PostgreSQL (Debian: postgresql) for the tests with PostgreSQL' },
  mariadb: { aptPackages: ['mariadb-server-core'], advice: 'MariaDB (Debian: mariadb-server-core) for the tests with MySQL and MariaDB' },
  kafka: { aptPackages: JAVA_PACKAGES, advice: javaAdvice('Kafka') },
  elasticmq: { aptPackages: JAVA_PACKAGES, advice: javaAdvice('SQS (ElasticMQ)') },
  mongo: { aptPackages: JAVA_PACKAGES, advice: javaAdvice('MongoDB (mongo-java-server)') },
};
