import { testFlowEndpoints } from './flow-endpoints.ts';

testFlowEndpoints();
