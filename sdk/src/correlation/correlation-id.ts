/** One to 128 characters that are safe in a header, in baggage, in a query and in a URL. */
const VALID_CORRELATION_ID = /^[A-Za-z0-9._~:/@+=-]{1,128}$/;

/** The attribute on every span and log record of a flow. */
export const CORRELATION_ID_ATTRIBUTE = 'correlation.id';

/** What a caller outside the trusted edge sent; kept on the server span alone, never used as this flow's id. */
export const EXTERNAL_CORRELATION_ID_ATTRIBUTE = 'correlation.external_id';

/** The baggage member that carries the id; always the first one. */
export const CORRELATION_ID_BAGGAGE_KEY = 'correlation.id';

/** Whether a value may be a correlation id. Everything else is replaced by a new id and never echoed. */
export function isCorrelationId(value: unknown): value is string {
  return typeof value === 'string' && VALID_CORRELATION_ID.test(value);
}
