import { testTraceClocks } from './trace-clocks-endpoints.ts';
import { testTraceColumns } from './trace-columns-endpoints.ts';
import { testTraceEndpoints } from './trace-endpoints.ts';

testTraceEndpoints();
testTraceColumns();
testTraceClocks();
