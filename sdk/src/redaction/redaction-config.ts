import { type Environment, invalidSetting, readList, readSwitch, readText } from '../settings.ts';

/** What an app hides beside the built-in rules. */
export interface RedactionOptions {
  /** Further names whose values are secrets: of attributes, metadata, headers, parameters, baggage. `*` stands for any characters. Environment: `THREADLINE_SDK_REDACT_NAMES`. */
  readonly names?: readonly string[];
  /** Whether addresses of e-mail are hidden too; false by default. Environment: `THREADLINE_SDK_REDACT_EMAILS`. */
  readonly emails?: boolean;
  /** What is hidden wherever it appears in a text. */
  readonly patterns?: readonly RegExp[];
}

/** The app's own rules, checked. */
export interface RedactionConfig {
  readonly names: readonly string[];
  readonly emails: boolean;
  /** Each with the flag g. */
  readonly patterns: readonly RegExp[];
}

const NAME = /^[\w.*$~-]+$/;

/**
 * Options, else environment; undefined when redaction is switched off.
 * @throws ThreadlineError for a name that is none, a word that is neither true nor false, and a pattern that would match everything.
 */
export function readRedaction(environment: Environment, options: RedactionOptions | false | undefined): RedactionConfig | undefined {
  if (options === false || (options === undefined && !readSwitch(environment, 'THREADLINE_SDK_REDACTION', true))) return undefined;
  return {
    names: readNames(options?.names ?? readList(environment, 'THREADLINE_SDK_REDACT_NAMES') ?? []),
    emails: options?.emails ?? readBoolean(environment, 'THREADLINE_SDK_REDACT_EMAILS'),
    patterns: (options?.patterns ?? []).map(readPattern),
  };
}

function readBoolean(environment: Environment, name: string): boolean {
  const text = readText(environment, name) ?? 'false';
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalidSetting(name, 'true or false', text);
}

function readNames(names: readonly string[]): readonly string[] {
  const wrong = names.find((name) => !NAME.test(name) || /^\*+$/.test(name));
  if (wrong === undefined) return names;
  throw invalidSetting('THREADLINE_SDK_REDACT_NAMES', 'names such as ssn or *.iban', wrong);
}

function readPattern(pattern: unknown): RegExp {
  const expected = 'regular expressions that match at least one character';
  if (!(pattern instanceof RegExp)) throw invalidSetting('redaction.patterns', expected, String(pattern));
  if (new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).test('')) {
    throw invalidSetting('redaction.patterns', expected, String(pattern));
  }
  // Without y: where the last search ended says nothing about the next text.
  return new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`);
}
