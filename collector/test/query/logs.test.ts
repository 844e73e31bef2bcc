import { testLogEndpoints } from './log-endpoints.ts';

testLogEndpoints();
