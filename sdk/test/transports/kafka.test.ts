import { describeKafka } from './kafka-suite.ts';

describeKafka({ imported: 'kafka-imported.mjs', required: 'kafka-required.cjs' });
