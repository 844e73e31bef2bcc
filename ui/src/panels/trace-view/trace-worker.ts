import { createTraceReader, type TraceProgress } from '../../logic/trace-reader.ts';
import { buffersOf } from '../../logic/trace-snapshot.ts';

/** Decodes one trace's answer and derives all that is drawn of it, beside the page's own thread. Takes bytes and then `end`, and
 * at any time how services are to be moved; gives `TraceProgress`. */
const reader = createTraceReader((progress: TraceProgress) => {
  const transfer = progress.type === 'snapshot' ? buffersOf(progress.snapshot).filter((buffer) => buffer instanceof ArrayBuffer) : [];
  self.postMessage(progress, { transfer });
});

self.addEventListener('message', ({ data }: MessageEvent<Uint8Array | 'end' | ReadonlyMap<string, number>>) => {
  if (data === 'end') reader.end();
  else if (data instanceof Uint8Array) reader.read(data);
  else reader.correct(data);
});
