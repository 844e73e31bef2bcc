import { testLogEndpoints } from './log-endpoints.ts';
import { testLogExport } from './log-export-endpoints.ts';
import { testLogFieldEndpoints } from './log-field-endpoints.ts';

testLogEndpoints();
testLogFieldEndpoints();
testLogExport();
