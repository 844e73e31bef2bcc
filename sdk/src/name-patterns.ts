/** Whether a name is one of those that were listed. */
export type NamePatterns = (name: string) => boolean;

/** Names in which `*` stands for any characters, as in `orders.*`. Without any pattern nothing matches. */
export function createNamePatterns(patterns: readonly string[]): NamePatterns {
  if (patterns.length === 0) return () => false;
  const alternatives = patterns.map((pattern) => pattern.split('*').map(escapeText).join('.*'));
  const expression = new RegExp(`^(?:${alternatives.join('|')})$`, 's');
  return (name) => expression.test(name);
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
