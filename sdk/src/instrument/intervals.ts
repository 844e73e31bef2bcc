import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import util from 'node:util';
import { context, trace } from '@opentelemetry/api';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { tellThrown } from '../context/thrown-in.ts';
import { type Flow, getFlow, setFlow } from '../correlation/flow.ts';
import { isMethod, type Method, wrapMethod } from './wrap-method.ts';

const FOLLOWED = Symbol.for('threadline.intervals.followed');
/** Scripts of packages, and Node's own. */
const LIBRARY = /^node:|[\\/]node_modules[\\/]/;

/**
 * Keeps an interval from running in a request for ever, and gives each run of a background job a flow of its own. As long as the
 * span in which it was made is open, an interval runs in that context, as everything does. Afterwards it is a background job that
 * happened to be made lazily: each run is in the root context and in a new flow, whose id is made when it is first needed. So is
 * each run of one that the app makes outside of any flow; what a library makes there is left alone. An interval that was made in
 * `correlation.run` outside of any span is left alone too, and so is every timeout: work that goes on after a response belongs to
 * its request. Safe to repeat.
 */
export function followIntervals(createId: () => string): void {
  if (FOLLOWED in timers) return;
  Object.defineProperty(timers, FOLLOWED, { value: true });
  const isShared = globalThis.setInterval === timers.setInterval;
  const wrap = (setInterval: Method): Method => followInterval(setInterval, createId);
  wrapMethod(timers, 'setInterval', wrap);
  if (isShared) globalThis.setInterval = timers.setInterval;
  else wrapMethod(globalThis, 'setInterval', wrap);
  syncBuiltinESMExports();
}

function followInterval(setInterval: Method, createId: () => string): Method {
  return function (callback, ...rest) {
    const active = context.active();
    const span = trace.getSpan(active);
    if (!isMethod(callback) || (span === undefined && !isBackgroundJob(getFlow(active))))
      return Reflect.apply(setInterval, this, [callback, ...rest]);
    const followed: Method = function (...args) {
      const call = (): unknown => Reflect.apply(callback, this, args);
      if (span?.isRecording()) return call();
      const running = setFlow(EMPTY_CONTEXT, { id: undefined, external: undefined, createId });
      return tellThrown(running, () => context.with(running, call));
    };
    return Reflect.apply(setInterval, this, [followed, ...rest]);
  };
}

/** Of what is made outside of any span: whether the app makes it, in no flow or in a run of another background job. */
function isBackgroundJob(flow: Flow | undefined): boolean {
  if (flow !== undefined) return flow.createId !== undefined;
  // Not imported by its name: an older Node could not even load this file to be told what it lacks.
  const [own, , caller] = util.getCallSites(3);
  const script = caller?.scriptName ?? '';
  return script !== own?.scriptName && !LIBRARY.test(script);
}
