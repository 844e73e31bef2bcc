import { testLogEndpoints } from './log-endpoints.ts';
import { testLogFieldEndpoints } from './log-field-endpoints.ts';

testLogEndpoints();
testLogFieldEndpoints();
