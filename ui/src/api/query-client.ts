import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api-error.ts';

/** A page left behind is kept this long, so that back shows it as it was. */
const KEEP_MILLIS = 10 * 60_000;
const MAX_RETRIES = 1;

/** Nothing is fetched behind the reader's back: not on focus, not on reconnect, and by a timer only how the collector fares. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        gcTime: KEEP_MILLIS,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (count, error) => count < MAX_RETRIES && error instanceof ApiError && error.isRetryable,
        // The browser's own idea of being offline says nothing about a collector on this machine.
        networkMode: 'always',
      },
    },
  });
}
