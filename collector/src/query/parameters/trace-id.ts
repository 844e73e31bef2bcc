import { ThreadlineError } from '../../errors.ts';

/** 32 hex digits of either case, not all zero; else `invalid_argument`. */
export function parseTraceId(text: string): string {
  return parseId(text, { field: 'traceId', what: 'A trace id', digits: 32 });
}

/** 16 hex digits of either case, not all zero; else `invalid_argument`. */
export function parseSpanId(text: string): string {
  return parseId(text, { field: 'spanId', what: 'A span id', digits: 16 });
}

function parseId(
  text: string,
  { field, what, digits }: { readonly field: string; readonly what: string; readonly digits: number },
): string {
  if (text.length === digits && /^[0-9a-f]+$/i.test(text) && !/^0+$/.test(text)) return text.toLowerCase();
  throw new ThreadlineError('invalid_argument', `${what} is ${digits} hexadecimal digits, not all of them zero.`, {
    field,
    position: 0,
    expected: [`${digits} hexadecimal digits`],
  });
}
