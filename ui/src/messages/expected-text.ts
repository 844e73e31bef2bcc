import type { Translate } from './translate.tsx';

/** What is wrong with a text, and what would have been right at its place, in the reader's language. */
export function withExpected(message: string, expected: readonly string[], t: Translate): string {
  const said = t.say(message);
  if (expected.length === 0) return said;
  return t('query.expected', { message: said.replace(/\.$/, ''), expected: expected.map((one) => t.say(one)).join(', ') });
}
