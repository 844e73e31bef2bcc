/** What the browser's own timeline says of a trace that opens; `ui/bench` reads it. */
export const TRACE_MARKS = { firstByte: 'trace: first byte', drawn: 'trace: drawn', wholeDrawn: 'trace: all drawn' } as const;
