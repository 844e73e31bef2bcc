/** A column that the reader has chosen for the list of logs. */
export interface LogColumn {
  /** An attribute's key as a query names it. */
  readonly key: string;
  /** Pixels; undefined: as wide as columns are by default. */
  readonly width?: number;
}

export const MIN_COLUMN_PIXELS = 40;
export const MAX_COLUMN_PIXELS = 1_200;
/** More could not be told apart, and an address has an end. */
const MAX_COLUMNS = 40;
/** Text that is longer is not measured: it is cut anyway. */
const MEASURED_CHARACTERS = 400;
const FITTED_MAX_PIXELS = 640;
/** Behind the last character, so that nothing looks cut. */
const FIT_MARGIN_PIXELS = 6;

/** `key,key:width,…`, each key percent-encoded. Anything else is a key as it stands; each key once. */
export function parseLogColumns(text: string | undefined): LogColumn[] {
  const columns = new Map<string, LogColumn>();
  for (const part of (text ?? '').split(',')) {
    const [, name = part, digits] = /^(.*):(\d{1,5})$/.exec(part) ?? [];
    const key = decode(name);
    if (!isColumnKey(key) || columns.has(key)) continue;
    columns.set(key, digits === undefined ? { key } : { key, width: clampWidth(Number(digits)) });
    if (columns.size >= MAX_COLUMNS) break;
  }
  return [...columns.values()];
}

/** The inverse. Undefined for none: then an address has no such parameter. */
export function writeLogColumns(columns: readonly LogColumn[]): string | undefined {
  if (columns.length === 0) return undefined;
  return columns.map(({ key, width }) => encodeURIComponent(key) + (width === undefined ? '' : `:${width}`)).join(',');
}

/** Whether a column can be made of the key: an address has no way to write the empty one. */
export function isColumnKey(key: string): boolean {
  return key !== '';
}

/** With the column behind all others, or without it. */
export function toggleColumn(columns: readonly LogColumn[], key: string): LogColumn[] {
  const others = columns.filter((column) => column.key !== key);
  return others.length < columns.length ? others : [...columns, { key }];
}

/** The column before the one that is at this place now; at the end where there is none. */
export function moveColumn(columns: readonly LogColumn[], key: string, to: number): LogColumn[] {
  const from = columns.findIndex((column) => column.key === key);
  const moved = columns[from];
  if (moved === undefined) return [...columns];
  const others = columns.filter((column) => column !== moved);
  others.splice(Math.max(0, from < to ? to - 1 : to), 0, moved);
  return others;
}

/** `width` undefined: the default again. */
export function resizeColumn(columns: readonly LogColumn[], key: string, width: number | undefined): LogColumn[] {
  return columns.map((column) => (column.key !== key ? column : width === undefined ? { key } : { key, width: clampWidth(width) }));
}

/** Pixels that the longest of the texts needs. `measure` gives those of one. */
export function fittedWidth(texts: Iterable<string>, measure: (text: string) => number): number {
  let longest = 0;
  for (const text of texts) longest = Math.max(longest, measure(text.slice(0, MEASURED_CHARACTERS)));
  return clampWidth(Math.min(Math.ceil(longest) + FIT_MARGIN_PIXELS, FITTED_MAX_PIXELS));
}

function clampWidth(width: number): number {
  return Math.min(MAX_COLUMN_PIXELS, Math.max(MIN_COLUMN_PIXELS, Math.round(width)));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
