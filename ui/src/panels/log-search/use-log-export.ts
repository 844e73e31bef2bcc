import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, UNREACHABLE } from '../../api/api-error.ts';
import { openStream, type Parameters } from '../../api/request-json.ts';
import { RecordCounter } from '../../logic/record-counter.ts';
import { saveFile } from '../../shared/save-file.ts';

export type ExportFormat = 'csv' | 'ndjson';

export type ExportState =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly records: number }
  | { readonly state: 'done'; readonly records: number }
  | { readonly state: 'failed'; readonly records: number; readonly error: unknown };

/** What has come is handed to the browser in pieces of this size: it keeps files on disk, and this page's memory stays small. */
const PIECE_BYTES = 8 * 1024 * 1024;
/** How often the reader is told how far it is. */
const REPORT_MILLIS = 200;

/** One export at a time, with how far it is; it goes on while the reader works on this page, and ends with the page. */
export function useLogExport() {
  const [state, setState] = useState<ExportState>({ state: 'idle' });
  const running = useRef<AbortController>(undefined);
  const cancel = useCallback(() => {
    running.current?.abort();
    setState({ state: 'idle' });
  }, []);
  const start = useCallback((format: ExportFormat, parameters: Parameters) => {
    running.current?.abort();
    const stop = new AbortController();
    running.current = stop;
    let records = 0;
    setState({ state: 'running', records });
    const report = (count: number): void => {
      records = count;
      if (!stop.signal.aborted) setState({ state: 'running', records });
    };
    download(format, { parameters, signal: stop.signal, report }).then(
      () => !stop.signal.aborted && setState({ state: 'done', records }),
      (error: unknown) => !stop.signal.aborted && setState({ state: 'failed', records, error }),
    );
  }, []);
  useEffect(() => () => running.current?.abort(), []);
  return { state, start, cancel };
}

interface DownloadOptions {
  readonly parameters: Parameters;
  readonly signal: AbortSignal;
  readonly report: (records: number) => void;
}

/** Reads all of it, then gives it to the browser as a file. What was cut off on its way is no file. */
async function download(format: ExportFormat, { parameters, signal, report }: DownloadOptions): Promise<void> {
  const { body, request } = await openStream('/logs/export', { parameters: { ...parameters, format }, headers: {}, signal });
  const counter = new RecordCounter(format);
  let file = new Blob();
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let pieceBytes = 0;
  let reportedAt = 0;
  try {
    const reader = body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      counter.push(piece.value);
      pieces.push(piece.value);
      pieceBytes += piece.value.byteLength;
      if (pieceBytes > PIECE_BYTES) {
        file = new Blob([file, ...pieces]);
        pieces = [];
        pieceBytes = 0;
      }
      if (performance.now() - reportedAt < REPORT_MILLIS) continue;
      reportedAt = performance.now();
      report(counter.records);
    }
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiError('', { code: UNREACHABLE, status: 0, request, cause });
  }
  report(counter.records);
  saveFile(new Blob([file, ...pieces]), `logs.${format}`);
}
