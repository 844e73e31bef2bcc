import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { extendHues, preferredHue } from '../../logic/service-color.ts';

/** The hues of the whole app: begun by the outermost provider once it knows its names, added to by all of them from then on. */
interface HueBook {
  hues: ReadonlyMap<string, number>;
  isBegun: boolean;
}

const BookContext = createContext<HueBook | undefined>(undefined);
const HuesContext = createContext<ReadonlyMap<string, number>>(new Map());

/**
 * Hues for the services that are known: all that there are from the frame, and inside of it those of a page that are not among them. A service has one
 * hue on every page, and keeps it as long as the app is open: see `extendHues`.
 */
export function ServiceHuesProvider({ names, children }: { readonly names: readonly string[]; readonly children: ReactNode }) {
  const around = useContext(BookContext);
  const [own] = useState((): HueBook => ({ hues: new Map(), isBegun: false }));
  const book = around ?? own;
  const isOutermost = around === undefined;
  const outer = useContext(HuesContext);
  // A page's hues are made again when those of all services come.
  const hues = useMemo(() => {
    if (isOutermost && names.length > 0) book.isBegun = true;
    const next = extendHues(book.hues, names);
    // A page that is there before them does not decide what they have: a service would look as whatever page was opened first has it.
    if (book.isBegun) book.hues = next;
    return next;
  }, [book, names, isOutermost, outer]);
  return (
    <BookContext value={book}>
      <HuesContext value={hues}>{children}</HuesContext>
    </BookContext>
  );
}

/** The colour of a service as a CSS value; the same function while the hues are the same. */
export function useServiceColor(): (name: string) => string {
  const hues = useContext(HuesContext);
  return useCallback((name) => `var(--hue-${hues.get(name) ?? preferredHue(name)})`, [hues]);
}
