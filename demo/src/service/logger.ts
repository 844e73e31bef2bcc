import winston from 'winston';

/**
 * The logger of a service, as one would write it without knowing of tracing: JSON lines on stdout. Ids of the request
 * and the trace are not passed by hand; the SDK adds them.
 */
export function createServiceLogger(service: string): winston.Logger {
  return winston.createLogger({
    level: process.env.LOG_LEVEL ?? 'debug',
    defaultMeta: { component: service },
    format: winston.format.combine(winston.format.timestamp(), winston.format.errors({ stack: true }), winston.format.json()),
    transports: [new winston.transports.Console()],
  });
}
