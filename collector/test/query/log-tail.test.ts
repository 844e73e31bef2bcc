import { testLogTail } from './log-tail-endpoints.ts';

testLogTail();
