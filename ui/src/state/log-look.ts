import { useSyncExternalStore } from 'react';
import { parseLogColumns, writeLogColumns } from '../logic/log-columns.ts';
import { createStoredValue } from './stored-value.ts';
import type { LogsUrl } from './url-state.ts';

/** What of an address says how the list of logs looks. */
export type LogLook = Pick<LogsUrl, 'cols' | 'wrap'>;

const store = createStoredValue({ key: 'threadline.logLook', place: 'localStorage', parse: parseLogLook });

/** Whatever was stored, what comes of it an address can have. */
export function parseLogLook(stored: unknown): LogLook {
  if (typeof stored !== 'object' || stored === null) return {};
  const { cols, wrap }: { readonly cols?: unknown; readonly wrap?: unknown } = stored;
  const columns = writeLogColumns(parseLogColumns(typeof cols === 'string' ? cols : undefined));
  return { ...(columns !== undefined && { cols: columns }), ...(wrap === '1' && { wrap }) };
}

/**
 * The address of a search that begins now: with the look that the reader keeps for such. It is in the address from the beginning, so that a link shows the
 * same to whoever opens it.
 */
export function newLogsUrl(search: LogsUrl): LogsUrl {
  return { ...store.get(), ...search };
}

export function keepLogLook(look: { readonly [Key in keyof LogLook]: LogLook[Key] | undefined }): void {
  store.set(parseLogLook(look));
}

/** What new searches begin with. */
export function useLogLook(): LogLook {
  return useSyncExternalStore(store.subscribe, store.get);
}
