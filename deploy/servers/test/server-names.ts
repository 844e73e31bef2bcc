export const SERVER_NAMES = ['redis', 'rabbitmq', 'postgres', 'kafka', 'elasticmq', 'mongo'] as const;
