export * from './answers.ts';
export * from './errors.ts';
export * from './health.ts';
export * from './otlp-json.ts';
export * from './records.ts';
export * from './status.ts';
export * from './threadline-events.ts';
export * from './trace-columns.ts';
