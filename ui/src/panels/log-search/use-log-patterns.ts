import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { logPatternsQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import { useResolvedRange } from '../../state/search-clock.ts';
import type { LogAddress } from './use-log-search.ts';

/** Patterns that are shown at first, and when the reader asks for more: further ones a person finds by narrowing the search. */
const SHOWN_PATTERNS = [50, 200] as const;
/** A range that holds nothing: stands in for one that is not valid, and is never sent. */
const NO_RANGE = { fromMillis: 0, toMillis: 0 };

/** The patterns of the address's records. */
export function useLogPatterns(address: LogAddress) {
  const range = useResolvedRange(address.range);
  const [step, setStep] = useState(0);
  const limit = SHOWN_PATTERNS[step] ?? SHOWN_PATTERNS[0];
  const asked = { query: address.query, order: address.rank, limit };
  const shown = useKeptRange(range, {
    question: JSON.stringify([asked, address.range]),
    keysOf: (part) => [logPatternsQuery({ ...asked, range: part }).queryKey],
    name: 'patterns.title',
  });
  const search = useQuery({
    ...logPatternsQuery({ ...asked, range: shown ?? NO_RANGE }),
    enabled: range !== undefined && address.isPatterns,
    placeholderData: keepPreviousData,
  });
  const isFull = (search.data?.patterns.length ?? 0) >= limit;
  const isLast = step === SHOWN_PATTERNS.length - 1;
  return { search, range, more: isFull && !isLast ? () => setStep(step + 1) : undefined, isCut: isFull && isLast };
}

export type LogPatterns = ReturnType<typeof useLogPatterns>;
