import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { context, logs, propagation, trace } from '@opentelemetry/api';

/** The part of OpenTelemetry's API in which an SDK makes itself known. */
export type OpenTelemetryApi = Pick<typeof import('@opentelemetry/api'), 'context' | 'logs' | 'propagation' | 'trace'>;

const API_PACKAGE = '@opentelemetry/api';

/** The copy inside of this package. What it is told is known to every copy that is asked afterwards. */
export const ownApi: OpenTelemetryApi = { context, logs, propagation, trace };

/**
 * The copy that the app has by itself. A tracer that an app asked for while it was being imported, before it could call
 * `start`, belongs to its copy and works only when it is this copy that is told of the SDK. Loads it when nobody has. The one inside of this package where none can be
 * looked for: in a bundle there may be no package beside it, and a bundler (Next's) may put an error in the place of a `require` by a name that it cannot read.
 */
export function loadAppsApi(): OpenTelemetryApi {
  try {
    const load = createRequire(import.meta.url);
    const required = load.resolve(API_PACKAGE);
    const api: OpenTelemetryApi = load(load.cache[required] === undefined ? fileURLToPath(import.meta.resolve(API_PACKAGE)) : required);
    return api;
  } catch {
    return ownApi;
  }
}
