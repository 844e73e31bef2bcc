import { parentPort, workerData } from 'node:worker_threads';
import { SegmentErrors } from '../errors/segment-errors.ts';
import { SegmentFigures } from '../figures/segment-figures.ts';
import { KnownComparison } from '../reading/known-comparison.ts';
import { KnownTemplates } from '../reading/known-templates.ts';
import { KnownValues } from '../reading/known-values.ts';
import { PageCache } from '../reading/page-cache.ts';
import type { ReadScope } from '../reading/read-scope.ts';
import { StopFlag } from '../reading/stop.ts';
import { mergeSegments } from '../segments/merge-segments.ts';
import { OpenSegments } from '../segments/open-segments.ts';
import { DamagedSegmentError } from '../segments/segment.ts';
import { damageOf, failureOf } from './failure.ts';
import type { FromThread, Task, ThreadData, ToThread } from './messages.ts';
import { OPERATIONS } from './operations.ts';
import { goBehindOthers } from './thread-priority.ts';

/**
 * Unpacked pages that are kept: what one person's searches go over again and again. Half as much held less than five searches for 20 traces each, so that each took twice as
 * long, and the garbage of unpacking made the process larger than the pages would.
 */
const CACHE_BYTES = 64 * 1024 * 1024;

if (!parentPort) throw new Error('storage-thread.ts runs as a worker thread');
const port = parentPort;
const { directory, segments: names, keepsFigures = false, isBehindOthers = false }: ThreadData = workerData;
const cache = new PageCache(CACHE_BYTES);
const templates = new KnownTemplates();
const values = new KnownValues();
const comparison = new KnownComparison();
const segments = new OpenSegments(directory, (error) => send({ type: 'damage', damage: damageOf(error) }));
segments.change(names, []);
if (isBehindOthers) goBehindOthers();
const figures = keepsFigures ? new SegmentFigures(directory, segments) : undefined;
figures?.load(names);
const errors = keepsFigures ? new SegmentErrors(directory, segments) : undefined;
errors?.load(names);

port.on('message', (message: ToThread) => {
  if (message.type === 'segments') {
    if (figures && errors) {
      segments.change(message.added, []);
      figures.change(message.added, message.dropped);
      errors.change(message.added, message.dropped);
    }
    segments.change(message.added, message.dropped);
    send({ type: 'changed', change: message.change });
    return;
  }
  runTask(message.task).then(
    (value) => send({ type: 'answer', value }),
    (error: unknown) => send({ type: 'failure', failure: failureOf(error) }),
  );
});

async function runTask(task: Task): Promise<unknown> {
  if (task.type === 'read') return read(task);
  const inputs = task.inputs.map((name) => {
    const segment = segments.segment(name);
    if (!segment) throw new DamagedSegmentError(name, undefined, 'it cannot be read');
    return segment;
  });
  try {
    return await mergeSegments(directory, inputs, task.output);
  } catch (error) {
    if (error instanceof DamagedSegmentError) segments.noteDamage(error);
    throw error;
  }
}

function read({ operation, argument, tenant, stop }: Task & { readonly type: 'read' }): unknown {
  const flag = new StopFlag(stop);
  const scope: ReadScope = {
    tenant,
    groups: (table) => segments.groups(table),
    cache,
    templates,
    values,
    comparison,
    ...(figures && { figures }),
    ...(errors && { errors }),
    check: () => flag.check(),
  };
  // Name and argument were made for each other by the typed sender.
  const run = OPERATIONS[operation] as (scope: ReadScope, argument: unknown) => unknown;
  return segments.withoutDamaged(() => run(scope, argument));
}

function send(message: FromThread): void {
  port.postMessage(message);
}
