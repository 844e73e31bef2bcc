import { ThreadlineError } from '../../errors.ts';

/** Every value of each parameter, in order. */
export type QueryString = ReadonlyMap<string, readonly string[]>;

/**
 * The parameters of a request target (`/path?a=1&b=2`) as `application/x-www-form-urlencoded` (`+` is a space), decoded strictly:
 * what is not valid percent-encoding of UTF-8 is `invalid_argument` with the parameter and the place, never replaced.
 */
export function parseQueryString(target: string): QueryString {
  const parameters = new Map<string, string[]>();
  const start = target.indexOf('?');
  if (start === -1) return parameters;
  for (const part of target.slice(start + 1).split('&')) {
    if (part === '') continue;
    const separator = part.indexOf('=');
    const rawName = separator === -1 ? part : part.slice(0, separator);
    const name = decode(rawName, rawName);
    const value = separator === -1 ? '' : decode(part.slice(separator + 1), name);
    const values = parameters.get(name);
    if (values === undefined) parameters.set(name, [value]);
    else values.push(value);
  }
  return parameters;
}

function decode(raw: string, field: string): string {
  const spaced = raw.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch (cause) {
    throw new ThreadlineError('invalid_argument', `The parameter "${field}" is not valid percent-encoding of UTF-8.`, {
      cause,
      field,
      position: firstBadEscape(spaced),
      expected: ['percent-encoded UTF-8'],
    });
  }
}

/** In UTF-16 units: as much of the text as could be decoded before the bad escape. */
function firstBadEscape(text: string): number {
  for (const { 0: escapes, index } of text.matchAll(/(?:%[0-9a-f]{0,2})+/gi)) {
    if (decodedLength(escapes) !== undefined) continue;
    const before = decodedLength(text.slice(0, index)) ?? 0;
    for (let end = escapes.length - 1; end > 0; end -= 1) {
      const length = decodedLength(escapes.slice(0, end));
      if (length !== undefined) return before + length;
    }
    return before;
  }
  return 0;
}

function decodedLength(text: string): number | undefined {
  try {
    return decodeURIComponent(text).length;
  } catch {
    return undefined;
  }
}
