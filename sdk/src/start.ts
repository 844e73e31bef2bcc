import Module from 'node:module';
import { type Config, isDisabled, readConfig, type StartOptions } from './config.ts';
import { CallbackContextManager } from './context/callback-context-manager.ts';
import { createCounters } from './counters.ts';
import { takePm2Environment } from './entry-script.ts';
import { ThreadlineError } from './errors.ts';
import { type ExitFlush, endNow, flushOnExit } from './export/exit-flush.ts';
import { followLibraries, followNode } from './instrument/follow-app.ts';
import { recordCrashes, writeHeldCrashes } from './logs/crash-records.ts';
import { LogEmitterProvider } from './logs/log-emitter.ts';
import { isSdkStopped, runningSdk, type SdkHandle, STOPPED_LINE, setRunningSdk, setSdkStopped } from './running-sdk.ts';
import { createParts, tellIgnoredSettings, writeLine } from './sdk-parts.ts';
import { loadAppsApi, type OpenTelemetryApi, ownApi } from './telemetry-api.ts';
import { listenToApi, registerGlobals } from './telemetry-globals.ts';
import { SpanTracerProvider } from './traces/span-tracer.ts';

/**
 * Starts tracing and logging in this process. Call it before the app imports http, Express, gRPC or winston, which
 * `node --import @threadline/sdk/register` does for you. A second call returns the running handle and its options are
 * not read; after `shutdown` that handle runs no more, which is told in one line. With `OTEL_SDK_DISABLED=true` nothing is started.
 *
 * @throws ThreadlineError (`unsupported_node`, `invalid_setting`, `unknown_setting`) with one line that says what is wrong and what it may be.
 *
 * @example
 * const sdk = start({ serviceName: 'orders', endpoint: 'http://collector:4318' });
 * const { default: express } = await import('express');
 * // …
 * await sdk.shutdown();
 */
export function start(options: StartOptions = {}): SdkHandle {
  return startOnce(options, loadAppsApi);
}

/** For `register`: as `start`, before any code of the app's has asked OpenTelemetry's API for anything. */
export function startBeforeApp(): SdkHandle {
  return startOnce({}, () => ownApi);
}

function startOnce(options: StartOptions, loadApi: () => OpenTelemetryApi): SdkHandle {
  const running = runningSdk();
  if (running !== undefined) {
    if (isSdkStopped()) writeLine(STOPPED_LINE);
    return running;
  }
  takePm2Environment();
  const handle = isDisabled(process.env) ? createDisabledHandle() : startSdk(readConfig(process.env, options), loadApi());
  setRunningSdk(handle);
  return handle;
}

/** Of what the SDK stands on, the latest that came to Node: in 22.15 and 23.5. */
function checkNode(): void {
  if (!('registerHooks' in Module))
    throw new ThreadlineError('unsupported_node', `Node 22.15 or newer is needed, this is ${process.version}`);
}

function startSdk(config: Config, api: OpenTelemetryApi): SdkHandle {
  checkNode();
  listenToApi(config.diagLevel, writeLine);
  tellIgnoredSettings(true);
  const { counters, resource, telemetry, spans, logProcessors, sampler, propagator, createFlowId } = createParts(config);
  const tellUnseen = followLibraries(config, writeLine);
  const tracing = new SpanTracerProvider({ resource, sampler, limits: config.spanLimits, processors: spans.processors });
  const logging = new LogEmitterProvider({ resource, limits: config.logAttributeLimits, processors: logProcessors });
  const globals = {
    tracerProvider: tracing,
    contextManager: new CallbackContextManager(),
    propagator,
    loggerProvider: logging,
  };
  registerGlobals(api, globals, writeLine);
  tellUnseen();
  const stopFollowing = followNode(config, createFlowId);
  const exit: ExitFlush = {
    ...telemetry,
    beforeEnd() {
      writeHeldCrashes();
      spans.releaseAll();
    },
  };
  const stopCrashes = recordCrashes(() => endNow(exit));
  const removeExitListeners = flushOnExit(exit);
  let stopped: Promise<void> | undefined;
  return {
    counters: () => ({ ...counters }),
    shutdown() {
      setSdkStopped();
      stopCrashes();
      stopped ??= Promise.allSettled([tracing.shutdown(), logging.shutdown()]).then(() => {
        stopFollowing();
        removeExitListeners();
        telemetry.close();
      });
      return stopped;
    },
  };
}

function createDisabledHandle(): SdkHandle {
  return { counters: createCounters, shutdown: () => Promise.resolve() };
}
