import { EXCEPTION_EVENT, EXCEPTION_STACK, EXCEPTION_TYPE } from '../../errors/exceptions.ts';
import type { TableName } from '../layout.ts';
import { fieldToken, keyToken, type TokenHash } from './token-hash.ts';

/** A page without any of these has no record that says an exception. */
export const EXCEPTION_TOKENS: Readonly<Record<TableName, readonly TokenHash[]>> = {
  logs: [EXCEPTION_TYPE, EXCEPTION_STACK].map(keyToken),
  spans: [fieldToken('event', EXCEPTION_EVENT)],
};
