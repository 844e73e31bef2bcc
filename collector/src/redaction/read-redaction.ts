import { readFile } from 'node:fs/promises';
import { type Config, SETTINGS } from '../config.ts';
import { StartError } from '../start-error.ts';
import { createRedaction, type RedactRequest } from './redact-request.ts';
import { parseRedactionRules } from './redaction-rules.ts';

/** The rules that the settings name; undefined where they name none. Throws `StartError` when they cannot be followed: nothing is kept that they would remove. */
export async function readRedaction(
  { redactionFile, redactionHashKey }: Pick<Config, 'redactionFile' | 'redactionHashKey'>,
  onRedacted: (rule: string) => void,
): Promise<RedactRequest | undefined> {
  if (redactionFile === undefined) return undefined;
  const { name } = SETTINGS.redactionFile;
  const text = await readFile(redactionFile, 'utf8').catch((error: unknown) => {
    throw new StartError(`${name} names ${redactionFile}, which cannot be read`, error);
  });
  const rules = parsed(text, `${name} names ${redactionFile}`);
  if (redactionHashKey === undefined && rules.some(({ action }) => action === 'hash'))
    throw new StartError(`${name} names ${redactionFile}, which has a rule that hashes; set ${SETTINGS.redactionHashKey.name}`);
  return createRedaction({ rules, hashKey: redactionHashKey, onRedacted });
}

function parsed(text: string, place: string) {
  try {
    return parseRedactionRules(text);
  } catch (error) {
    throw new StartError(`${place}: ${error instanceof Error ? error.message : 'it is wrong'}`, error);
  }
}
