/** Frames between a loop and this module: the iterator's `next`, and one of the language's own (`Iterator.map`, `for await`). */
const FRAMES_OF_ITERATOR = 2;
/** How far a caller is looked for above a loop: emitters and streams of Node may be between the two. */
const MAX_FRAMES_OF_CALLER = 8;
/** `v8.promiseHooks` has a function of its own between a hook and the function that it is about, if there are several hooks. */
const PROMISE_HOOKS = 'node:internal/promise_hooks';

/** A function, told from others by where its text begins. */
export interface FunctionPlace {
  readonly file: string;
  readonly name: string | null;
  readonly line: number;
  readonly column: number;
}

/** Who waits for the function that runs a loop to return. */
export interface LoopCaller {
  /**
   * `none`: the event loop or a promise went on with it. `generator`: it is a generator, and who asked it for its next value
   * goes on with what the loop gives out. `waiting`: other code, which goes on with its own work.
   */
  readonly kind: 'none' | 'generator' | 'waiting';
  /** The function that runs the loop; undefined where stack traces are switched off. */
  readonly loop: FunctionPlace | undefined;
}

/**
 * Who called the function that runs a loop. To be called by the function that the loop calls: an iterator's `next`. Where
 * stack traces are switched off somebody is said to wait.
 */
export function findLoopCaller(): LoopCaller {
  const frames = callSites(FRAMES_OF_ITERATOR + 1 + MAX_FRAMES_OF_CALLER).slice(2);
  const loopAt = frames.findIndex((frame) => fileOf(frame) !== undefined);
  const loop = frames[loopAt];
  if (loop === undefined) return { kind: 'waiting', loop: undefined };
  const above = frames.slice(loopAt + 1);
  // One of the language's own loops that waits: what called it goes on as soon as that waits.
  if (frames.slice(0, loopAt).some((frame) => frame.getFunctionName() === 'fromAsync')) return { kind: 'waiting', loop: undefined };
  const place = placeOf(loop);
  if (above[0] !== undefined && fileOf(above[0]) === undefined && above[0].getFunctionName() === 'next') {
    return { kind: 'generator', loop: place };
  }
  const caller = above.find((frame) => frame.isAsync() || fileOf(frame)?.startsWith('node:') === false);
  return { kind: caller === undefined || caller.isAsync() ? 'none' : 'waiting', loop: place };
}

/** Whether a promise hook was called by this function itself, and not by one that it called. To be called by the hook. */
export function isRunBy(function_: FunctionPlace): boolean {
  const running = callSites(4)
    .slice(2)
    .find((frame) => fileOf(frame) !== PROMISE_HOOKS);
  if (running === undefined || fileOf(running) !== function_.file || running.getFunctionName() !== function_.name) return false;
  return running.getEnclosingLineNumber() === function_.line && running.getEnclosingColumnNumber() === function_.column;
}

function fileOf(frame: NodeJS.CallSite): string | undefined {
  return frame.getFileName() ?? undefined;
}

function placeOf(frame: NodeJS.CallSite): FunctionPlace | undefined {
  const [file, line, column] = [fileOf(frame), frame.getEnclosingLineNumber(), frame.getEnclosingColumnNumber()];
  return file === undefined || line === null || column === null ? undefined : { file, name: frame.getFunctionName(), line, column };
}

/**
 * Structured, and so what it is also where a tool rewrites stack traces as text. The first is the function that called this
 * one. None where `Error` is frozen.
 */
function callSites(count: number): readonly NodeJS.CallSite[] {
  if (Object.isFrozen(Error)) return [];
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = count;
  Error.prepareStackTrace = returnSites;
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, callSites);
  // Read before the settings are as they were, since it is made when it is first asked for.
  const sites = holder.stack;
  Error.stackTraceLimit = stackTraceLimit;
  Error.prepareStackTrace = prepareStackTrace;
  return Array.isArray(sites) ? sites : [];
}

function returnSites(_error: unknown, sites: readonly NodeJS.CallSite[]): unknown {
  return sites;
}
