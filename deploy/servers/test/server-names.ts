export const SERVER_NAMES = ['redis', 'rabbitmq', 'postgres', 'mariadb', 'kafka', 'elasticmq', 'mongo'] as const;
