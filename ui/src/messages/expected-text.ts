import type { Translate } from './translate.tsx';

/** What is wrong with a text, and what would have been right at its place. */
export function withExpected(message: string, expected: readonly string[], t: Translate): string {
  return expected.length === 0 ? message : t('query.expected', { message: message.replace(/\.$/, ''), expected: expected.join(', ') });
}
