import { testLogEndpoints } from './log-endpoints.ts';
import { testLogExport } from './log-export-endpoints.ts';
import { testLogFieldEndpoints } from './log-field-endpoints.ts';
import { testLogPatternEndpoints } from './log-pattern-endpoints.ts';
import { testStatsEndpoints } from './stats-endpoints.ts';

testLogEndpoints();
testLogFieldEndpoints();
testLogPatternEndpoints();
testStatsEndpoints();
testLogExport();
