/** Frames between a loop and whoever called its function: this one's, the iterator's two, and the function's own. */
const FRAMES_OF_LOOP = 4;
/** And what may be between that and a caller: `Reflect.apply` and the like. */
const MAX_FRAMES = FRAMES_OF_LOOP + 3;

/**
 * Whether the function that runs a for-of was called by other code that waits for it to return, and not by the event loop
 * or by a context manager. To be called by the function that an array's `Symbol.iterator` calls. Where stack traces are
 * switched off the answer is yes.
 */
export function hasSynchronousCaller(): boolean {
  const frames = callSites();
  if (frames.length < FRAMES_OF_LOOP) return true;
  const caller = frames.slice(FRAMES_OF_LOOP).find((frame) => frame.getFileName() !== null && frame.getFileName() !== undefined);
  return caller !== undefined && !caller.isAsync() && caller.getFileName()?.startsWith('node:') !== true;
}

/** Structured, and so what it is also where a tool rewrites stack traces as text. None where `Error` is frozen. */
function callSites(): readonly NodeJS.CallSite[] {
  if (Object.isFrozen(Error)) return [];
  const { stackTraceLimit, prepareStackTrace } = Error;
  let sites: readonly NodeJS.CallSite[] = [];
  Error.stackTraceLimit = MAX_FRAMES;
  Error.prepareStackTrace = (_error, found) => {
    sites = found;
    return '';
  };
  // Read, since it is made when it is first asked for.
  String(new Error('only for its stack').stack);
  Object.assign(Error, { stackTraceLimit, prepareStackTrace });
  // The frame of this function is not counted.
  return sites.slice(1);
}
