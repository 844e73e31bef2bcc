import type { Span } from '@threadline/collector/api';

/** OTLP's number of the status. */
const ERROR = 2;

export function hasFailed({ status }: Pick<Span, 'status'>): boolean {
  return status?.code === ERROR;
}
