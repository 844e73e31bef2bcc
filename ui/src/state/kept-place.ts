import { useLocation } from '@tanstack/react-router';
import { useCallback, useRef, useState } from 'react';
import { createStoredValue } from './stored-value.ts';

/** Where in a list a reader was. */
export interface KeptPlace {
  /** What the list began at, as an address has it; absent: its beginning. */
  readonly begin?: string | undefined;
  /** The first row in view: its id, and how an address leads to it; absent where the list stood at its top. */
  readonly row?: string | undefined;
  readonly at?: string | undefined;
  /** So much of that row was above the view. */
  readonly pixels: number;
  /** The row that the keys were on. */
  readonly active?: string | undefined;
}

type Places = Readonly<Record<string, KeptPlace>>;

/** More steps back than anybody goes; each has some hundred bytes. */
export const MAX_PLACES = 100;

const store = createStoredValue({ key: 'threadline.places', place: 'sessionStorage', parse: parsePlaces });
/** The latest are the last. In the browser's storage they are once this page is left: a list that is scrolled keeps its place many times a second. */
let places: Map<string, KeptPlace> | undefined;

function held(): Map<string, KeptPlace> {
  if (places) return places;
  const all = new Map(Object.entries(store.get()));
  places = all;
  for (const event of ['pagehide', 'visibilitychange']) globalThis.addEventListener?.(event, () => store.set(Object.fromEntries(all)));
  return all;
}

/** Whatever was stored, only places come of it. */
export function parsePlaces(stored: unknown): Places {
  if (typeof stored !== 'object' || stored === null) return {};
  const kept: Record<string, KeptPlace> = {};
  for (const [key, value] of Object.entries(stored).slice(-MAX_PLACES)) {
    const { begin, row, at, pixels, active }: Readonly<Record<string, unknown>> = { ...Object(value) };
    if (typeof pixels !== 'number') continue;
    kept[key] = { begin: textOf(begin), row: textOf(row), at: textOf(at), pixels, active: textOf(active) };
  }
  return kept;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** `entry`: of the browser's history. `list`: all that its rows depend on; a list that is about to become another one is not taken for that. */
export function keepPlace(entry: string, list: string, place: KeptPlace): void {
  const all = held();
  const key = `${entry} ${list}`;
  all.delete(key);
  all.set(key, place);
  for (const oldest of all.keys()) {
    if (all.size <= MAX_PLACES) break;
    all.delete(oldest);
  }
}

export function keptPlace(entry: string, list: string): KeptPlace | undefined {
  return held().get(`${entry} ${list}`);
}

/** What a list begins with: the same object as long as it is the same list. */
export interface ListBegin {
  readonly list: string;
  /** Where the reader was when they left this entry of the history; undefined where they come to it for the first time. */
  readonly place: KeptPlace | undefined;
  /** What the list begins at, as an address has it; undefined: its beginning. */
  readonly at: string | undefined;
}

interface ListBeginOptions {
  /** Of the page. */
  readonly path: string;
  readonly list: string;
  /** What the address says that it begins at. */
  readonly at: string | undefined;
  /** Whether the rows around a place are here, in a list that begins where that one did. */
  readonly isHere: (place: KeptPlace) => boolean;
}

export interface ListBeginning {
  readonly begin: ListBegin;
  /** Keeps the place of the reader in this entry of the history. */
  readonly keep: (place: Omit<KeptPlace, 'begin'>) => void;
  /** The list begins at its beginning. */
  readonly forget: () => void;
}

/**
 * Where a list begins: back and a reload lead to the rows that were in view. Where these are still here nothing is asked for; else the list begins at the first
 * of them. Another list begins where its address says.
 */
export function useListBeginning({ path, list, at, isHere }: ListBeginOptions): ListBeginning {
  // On the way to another page its entry is there before this page is gone.
  const current = useLocation({ select: ({ pathname, state }) => (pathname === path ? (state.__TSR_key ?? '') : undefined) });
  const own = useRef('');
  own.current = current ?? own.current;
  const entry = own.current;
  const make = (): ListBegin => {
    const place = keptPlace(entry, list);
    return { list, place, at: place?.at === undefined ? at : isHere(place) ? place.begin : place.at };
  };
  const [state, setBegin] = useState(make);
  const begin = state.list === list ? state : make();
  if (begin !== state) setBegin(begin);
  const keep = useCallback(
    (place: Omit<KeptPlace, 'begin'>) => keepPlace(entry, list, { ...place, begin: begin.at }),
    [entry, list, begin.at],
  );
  const forget = useCallback(() => setBegin({ list, place: undefined, at: undefined }), [list]);
  return { begin, keep, forget };
}
