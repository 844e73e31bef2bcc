/** A trace that a list begins at: the cursor of the page that it is on, empty for the first one, and its id. */
export interface TracePlace {
  readonly cursor: string;
  readonly traceId: string;
}

const PLACE = /^([\w-]*)\.([0-9a-f]{32})$/;

/** As an address has it. */
export function writeTracePlace({ cursor, traceId }: TracePlace): string {
  return `${cursor}.${traceId}`;
}

/** Undefined for text that is none of `writeTracePlace`. */
export function parseTracePlace(text: string | undefined): TracePlace | undefined {
  const [, cursor, traceId] = PLACE.exec(text ?? '') ?? [];
  return cursor === undefined || traceId === undefined ? undefined : { cursor, traceId };
}

interface Page {
  readonly traces: readonly { readonly traceId: string }[];
  readonly nextCursor?: string;
}

/** The place of a row among pages, the first of which was asked for with `start`. */
export function tracePlaceOf(pages: readonly Page[], row: number, start: string): TracePlace | undefined {
  let cursor = start;
  let first = 0;
  for (const { traces, nextCursor } of pages) {
    const trace = traces[row - first];
    if (trace !== undefined) return { cursor, traceId: trace.traceId };
    if (nextCursor === undefined) return undefined;
    cursor = nextCursor;
    first += traces.length;
  }
  return undefined;
}
