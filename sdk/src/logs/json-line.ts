import { isObject } from '../instrument/wrap-method.ts';

/** The members of a logger's line. Undefined for what a format of the app's made that is no JSON. */
export function parseJsonLine(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return isObject(parsed) ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}
