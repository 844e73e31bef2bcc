import { channel } from 'node:diagnostics_channel';

/** Where Node tells of each request that its clients make. */
const CREATED = channel('http.client.request.created');

/**
 * Makes a request that no subscriber of Node's channel is told of. Trackers count an app's requests there, whatever OpenTelemetry's context says, and some report
 * the count when the process has nothing left to do: that report would be traced and sent, and counted again, without end. `make` must not wait.
 */
export function makeUnseen<Made>(make: () => Made): Made {
  // Node asks for this before it tells anybody; else it is the prototype's.
  Object.defineProperty(CREATED, 'hasSubscribers', { value: false, configurable: true });
  try {
    return make();
  } finally {
    Reflect.deleteProperty(CREATED, 'hasSubscribers');
  }
}
