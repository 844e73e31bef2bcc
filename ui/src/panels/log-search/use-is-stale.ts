import { useState } from 'react';

interface Asked {
  /** Without the range of a live view, which moves. */
  readonly question: string;
  readonly isLive: boolean;
}

/**
 * Whether an answer is that of another question than the one that is asked. A live view counts all the time: its last count is no older than what is shown
 * elsewhere, and does not fade each time.
 */
export function useIsStale(
  answer: { readonly isSuccess: boolean; readonly isPlaceholderData: boolean },
  { question, isLive }: Asked,
): boolean {
  const [answered, setAnswered] = useState('');
  const { isSuccess, isPlaceholderData } = answer;
  if (isSuccess && !isPlaceholderData && answered !== question) setAnswered(question);
  return isPlaceholderData && !(isLive && answered === question);
}
