import type { PatternPart } from '@threadline/query-language';

/**
 * Whether the whole text matches, in time that grows with text × pattern at worst (no backtracking beyond the last `*`).
 * `one` is one code point; half a surrogate pair counts as one too.
 */
export function matchesPattern(text: string, pattern: readonly PatternPart[]): boolean {
  const characters = Array.from(text);
  const steps = pattern.flatMap((part): (string | 'any' | 'one')[] =>
    part.type === 'literal' ? Array.from(part.text, (character) => `=${character}`) : [part.type],
  );
  let position = 0;
  let step = 0;
  let resumeStep = -1;
  let resumePosition = 0;
  while (position < characters.length) {
    const wanted = steps[step];
    if (wanted === 'any') {
      resumeStep = ++step;
      resumePosition = position;
    } else if (wanted === 'one' || wanted === `=${characters[position]}`) {
      step += 1;
      position += 1;
    } else if (resumeStep >= 0) {
      step = resumeStep;
      resumePosition += 1;
      position = resumePosition;
    } else return false;
  }
  while (steps[step] === 'any') step += 1;
  return step === steps.length;
}
