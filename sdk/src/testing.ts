/** For tests of services that run this SDK: `import { startTestCollector } from '@threadline/sdk/testing'`. */
export type { FlowHop, FlowPath, FlowStart } from './testing/expect-flow.ts';
export type { Flow } from './testing/flow.ts';
export type { Attributes, ReceivedLog, ReceivedSpan } from './testing/received-records.ts';
export { startTestCollector, type TestCollector, type TestCollectorOptions } from './testing/test-collector.ts';
