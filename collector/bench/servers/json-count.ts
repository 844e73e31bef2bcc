/** The number, or the length of the list, that a JSON answer has under this key; 0 where it has none. */
export function countOf(answer: string, key: string): number {
  const parsed: unknown = JSON.parse(answer);
  if (typeof parsed !== 'object' || parsed === null) return 0;
  const value: unknown = Object.entries(parsed).find(([name]) => name === key)?.[1];
  if (Array.isArray(value)) return value.length;
  return typeof value === 'number' ? value : 0;
}

/** The lines of an answer of JSON lines. */
export function countLines(answer: string): number {
  return answer.split('\n').filter((line) => line !== '').length;
}
