import type { FindRanges } from './find-matches.ts';
import { compilePattern, NAMED_PATTERNS } from './value-patterns.ts';

export const REDACTION_ACTIONS = ['mask', 'drop', 'hash'] as const;
export type RedactionAction = (typeof REDACTION_ACTIONS)[number];

export interface RedactionRule {
  /** For the status. */
  readonly name: string;
  readonly action: RedactionAction;
  /** Whether the rule is for attributes of this name, in lower case; undefined where it is for every text. */
  readonly isKey: ((key: string) => boolean) | undefined;
  /** What it hides in a text; empty where it hides whole values. */
  readonly finders: readonly FindRanges[];
}

const MEMBERS = ['name', 'keys', 'patterns', 'values', 'action'];
/** Each costs a look at every text. */
const MAX_RULES = 100;

/**
 * Reads a file of rules, JSON as `{ "rules": [{ "keys": [], "patterns": [], "values": [], "action": "" }] }`. Throws an `Error` that says in one line which
 * rule is wrong and how; it may quote the file's own words.
 */
export function parseRedactionRules(text: string): readonly RedactionRule[] {
  const { rules, ...others } = objectOf(parseJson(text), 'the file must be { "rules": [ … ] }');
  refuseUnknown(others, ['rules'], 'the file');
  if (!Array.isArray(rules) || rules.length === 0) throw new Error('"rules" must be a list of at least one rule');
  if (rules.length > MAX_RULES) throw new Error(`"rules" may have at most ${MAX_RULES} rules`);
  const parsed = rules.map((rule: unknown, index) => parseRule(rule, index));
  const names = new Set<string>();
  for (const { name } of parsed) {
    if (names.has(name)) throw new Error(`two rules are called ${JSON.stringify(name)}`);
    names.add(name);
  }
  return parsed;
}

function parseRule(rule: unknown, index: number): RedactionRule {
  const place = `rules[${index}]`;
  const members = objectOf(rule, `${place} must be an object`);
  refuseUnknown(members, MEMBERS, place);
  const { name = place, action = 'mask' } = members;
  if (typeof name !== 'string' || name === '' || name.length > 100)
    throw new Error(`${place}.name must be a text of at most 100 characters`);
  const known = REDACTION_ACTIONS.find((candidate) => candidate === action);
  if (known === undefined) throw new Error(`${place}.action must be ${REDACTION_ACTIONS.join(', ')}`);
  const keys = textsOf(members.keys, `${place}.keys`);
  const patterns = textsOf(members.patterns, `${place}.patterns`);
  const values = textsOf(members.values, `${place}.values`);
  if (keys.length + patterns.length + values.length === 0) throw new Error(`${place} must have "keys", "patterns" or "values"`);
  return {
    name,
    action: known,
    isKey: keys.length === 0 ? undefined : keyTest(keys),
    finders: [
      ...patterns.map((pattern, at) => namedPattern(pattern, `${place}.patterns[${at}]`)),
      ...values.map((value, at) => ofRule(`${place}.values[${at}]`, () => compilePattern(value))),
    ],
  };
}

function namedPattern(pattern: string, place: string): FindRanges {
  for (const [name, compile] of Object.entries(NAMED_PATTERNS)) if (name === pattern) return compile();
  throw new Error(`${place} must be one of ${Object.keys(NAMED_PATTERNS).join(', ')}`);
}

/** Names with `*` for anything and `?` for one character, in any case. */
function keyTest(globs: readonly string[]): (key: string) => boolean {
  const tests = globs.map((glob) => globTest(glob.toLowerCase()));
  return (key) => tests.some((test) => test(key));
}

/** Goes back to the last star only, so that it takes the product of both lengths at most. */
function globTest(glob: string): (key: string) => boolean {
  return (key) => {
    let at = 0;
    let part = 0;
    let star = -1;
    let retry = 0;
    while (at < key.length) {
      if (glob[part] === '*') {
        star = part++;
        retry = at;
      } else if (part < glob.length && (glob[part] === '?' || glob[part] === key[at])) {
        part += 1;
        at += 1;
      } else if (star >= 0) {
        part = star + 1;
        at = ++retry;
      } else return false;
    }
    while (glob[part] === '*') part += 1;
    return part === glob.length;
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
}

function objectOf(value: unknown, problem: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(problem);
  return Object.fromEntries(Object.entries(value));
}

function refuseUnknown(members: object, known: readonly string[], place: string): void {
  const unknown = Object.keys(members).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`${place} has ${JSON.stringify(unknown)}; it may have ${known.join(', ')}`);
}

function textsOf(value: unknown, place: string): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length === 0 || !value.every((text): text is string => typeof text === 'string' && text !== ''))
    throw new Error(`${place} must be a list of texts`);
  return value;
}

function ofRule<T>(place: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    throw new Error(`${place} ${error instanceof Error ? error.message : 'is wrong'}`, { cause: error });
  }
}
