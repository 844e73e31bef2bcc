export { type ReceivedLog as LogLine, type ReceivedSpan as SpanLine, readLogs, readSpans } from '../src/testing/received-records.ts';
