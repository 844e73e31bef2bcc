import { testTraceEndpoints } from './trace-endpoints.ts';

testTraceEndpoints();
