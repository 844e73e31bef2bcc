import type { TraceMeasures } from '../../logic/trace-measures.ts';
import { answerView, type ViewRequest, viewBuffers } from '../../logic/trace-views.ts';
import type { ViewReply, ViewTask } from './use-trace-views.ts';

/** Works out a trace's other views beside the page's own thread. Takes the trace's measures once and then tasks, gives a reply for each. */
let measures: TraceMeasures | undefined;

self.addEventListener('message', ({ data }: MessageEvent<TraceMeasures | ViewTask>) => {
  if (!('request' in data)) {
    measures = data;
    return;
  }
  if (measures !== undefined) reply(data.id, { measures, request: data.request });
});

function reply(id: number, { measures: of, request }: { readonly measures: TraceMeasures; readonly request: ViewRequest }): void {
  let answer: ViewReply;
  try {
    answer = { id, answer: answerView(of, request) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) };
  }
  const transfer = viewBuffers(answer).filter((buffer) => buffer instanceof ArrayBuffer);
  self.postMessage(answer, { transfer });
}
