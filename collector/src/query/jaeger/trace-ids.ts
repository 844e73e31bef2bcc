import { ThreadlineError } from '../../errors.ts';

const HIGH_HALF_OF_ZEROS = '0'.repeat(16);

/** 1 to 32 hex digits of either case, padded with zeros in front to OTLP's 32; else `invalid_argument` that names the field. */
export function parseJaegerTraceId(text: string, field = 'traceID'): string {
  if (/^[0-9a-f]{1,32}$/i.test(text)) return text.toLowerCase().padStart(32, '0');
  throw new ThreadlineError('invalid_argument', `The parameter "${field}" is not a trace id of 1 to 32 hexadecimal digits.`, {
    field,
    position: 0,
    expected: ['1 to 32 hexadecimal digits'],
  });
}

/** As Jaeger writes it: an id that fits into 64 bits has 16 digits, any other 32. */
export function formatJaegerTraceId(traceId: string): string {
  return traceId.startsWith(HIGH_HALF_OF_ZEROS) ? traceId.slice(16) : traceId;
}
