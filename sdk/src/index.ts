export type { StartOptions } from './config.ts';
export { type Correlation, correlation } from './correlation/correlation.ts';
export type { Counters } from './counters.ts';
export { ThreadlineError } from './errors.ts';
export { type CreateLoggerOptions, createLogger } from './logs/create-logger.ts';
export { withMessage } from './messaging/with-message.ts';
export type { RedactionOptions } from './redaction/redaction-config.ts';
export type { SamplingOptions } from './sampling/sampling-config.ts';
export { type SdkHandle, start } from './start.ts';
