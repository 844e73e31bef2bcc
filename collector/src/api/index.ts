export * from './answers.ts';
export * from './otlp-json.ts';
export * from './records.ts';
