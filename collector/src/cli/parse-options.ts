import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './command.ts';

/** As `node:util` has it, with faults in our words. Options stand anywhere; what is none is a positional argument. */
export function parseOptions<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : 'the options are wrong';
    throw new UsageError(message.split('. ')[0] ?? message, { cause: error });
  }
}

/** A whole number in an option. Throws `UsageError`. */
export function countOption(
  text: string | undefined,
  name: string,
  { fallback, max }: { readonly fallback: number; readonly max: number },
): number {
  if (text === undefined) return fallback;
  const count = Number(text);
  if (!/^\d{1,9}$/.test(text) || count < 1 || count > max) throw new UsageError(`${name} must be a whole number from 1 to ${max}`);
  return count;
}
