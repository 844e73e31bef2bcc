/** A trace that a list begins at: the cursor of the page that it is on, empty for the first one, and its id. */
export interface TracePlace {
  readonly cursor: string;
  readonly traceId: string;
  /** Of the first page: the cursor that begins with its first trace, for when others have come before it. */
  readonly movedCursor?: string;
}

const PLACE = /^([\w-]*)\.([0-9a-f]{32})(?:\.([\w-]+))?$/;

/** As an address has it. */
export function writeTracePlace({ cursor, traceId, movedCursor }: TracePlace): string {
  return [cursor, traceId, ...(movedCursor === undefined ? [] : [movedCursor])].join('.');
}

/** Undefined for text that is none of `writeTracePlace`. */
export function parseTracePlace(text: string | undefined): TracePlace | undefined {
  const [, cursor, traceId, movedCursor] = PLACE.exec(text ?? '') ?? [];
  if (cursor === undefined || traceId === undefined) return undefined;
  return { cursor, traceId, ...(movedCursor !== undefined && { movedCursor }) };
}

interface Page {
  readonly traces: readonly { readonly traceId: string }[];
  readonly nextCursor?: string;
  readonly startCursor?: string;
}

/** The place of a row among pages, the first of which was asked for with `start`. */
export function tracePlaceOf(pages: readonly Page[], row: number, start: string): TracePlace | undefined {
  let cursor = start;
  let first = 0;
  for (const { traces, nextCursor, startCursor } of pages) {
    const trace = traces[row - first];
    if (trace !== undefined)
      return { cursor, traceId: trace.traceId, ...(cursor === '' && startCursor !== undefined && { movedCursor: startCursor }) };
    if (nextCursor === undefined) return undefined;
    cursor = nextCursor;
    first += traces.length;
  }
  return undefined;
}
