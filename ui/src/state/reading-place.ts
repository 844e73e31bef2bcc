import { useEffect, useRef } from 'react';

/** What of the address leads to a place. */
export type ReadingPlace = Readonly<Record<string, string>>;

let current: (() => ReadingPlace) | undefined;

/** Where in the list of the page the reader is, for a link; nothing where the page has no list that a link can begin in the middle of. */
export function readingPlace(): ReadingPlace {
  return current?.() ?? {};
}

/** Called by the list of a page: `placeOf` is asked when a link is copied. */
export function useProvideReadingPlace(placeOf: () => ReadingPlace): void {
  const latest = useRef(placeOf);
  latest.current = placeOf;
  useEffect(() => {
    const own = () => latest.current();
    current = own;
    return () => {
      if (current === own) current = undefined;
    };
  }, []);
}
