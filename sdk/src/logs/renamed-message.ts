import { propertyOf } from './thrown-value.ts';

/** Under which formats and loggers have a record's text where it is not where it usually is: winston's `format.logstash()`, Nest and others above pino, Google Cloud's. */
const TEXT_NAMES = ['message', 'msg', '@message', 'textPayload'] as const;

/** A record's text with the name of the field that it is in, of a record that has none in its own place; else undefined. */
export function renamedMessage(fields: object): { readonly name: string; readonly text: string } | undefined {
  for (const name of TEXT_NAMES) {
    const text = propertyOf(fields, name);
    if (typeof text === 'string' && text !== '') return { name, text };
  }
  return undefined;
}
