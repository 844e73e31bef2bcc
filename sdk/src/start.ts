import { DiagConsoleLogger, diag } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { type Config, isDisabled, readConfig, type StartOptions } from './config.ts';
import { createAllowedHosts } from './correlation/allowed-hosts.ts';
import { createIdSource } from './correlation/own-id.ts';
import { FlowPropagator } from './correlation/propagator.ts';
import { createRefusedHosts } from './correlation/refused-hosts.ts';
import { type Counters, createCounters } from './counters.ts';
import { flushOnExit } from './export/exit-flush.ts';
import { locateSpool } from './export/spool/spool-location.ts';
import { createTelemetryExport } from './export/telemetry-export.ts';
import { createWarnings } from './export/warnings.ts';
import { traceHttpClients } from './http/http-client.ts';
import { traceHttpServers } from './http/http-server.ts';
import { createExpressInstrumentation } from './instrument/express.ts';
import { createGrpcInstrumentation } from './instrument/grpc.ts';
import { followIntervals } from './instrument/intervals.ts';
import { createLibraryHooks } from './instrument/library-hooks.ts';
import { registerLoaderHooks } from './instrument/loader-hooks.ts';
import { traceUndici } from './instrument/undici.ts';
import { nameUnseenLibraries } from './instrument/unseen-libraries.ts';
import { createWinstonInstrumentation } from './instrument/winston.ts';
import { followWorkers } from './instrument/workers.ts';
import { captureConsole } from './logs/console-capture.ts';
import { recordCrashes, writeHeldCrashes } from './logs/crash-records.ts';
import { LogEmitterProvider } from './logs/log-emitter.ts';
import { createLogProcessors, createSpanPipeline } from './processors.ts';
import { createRedactor } from './redaction/redactor.ts';
import { createResource } from './resource.ts';
import { FlowSampler } from './sampling/flow-sampler.ts';
import { loadAppsApi, type OpenTelemetryApi, ownApi } from './telemetry-api.ts';
import { setExceptionSignal } from './traces/record-exception.ts';
import { SpanTracerProvider } from './traces/span-tracer.ts';

/** A running SDK. */
export interface SdkHandle {
  /** Sends what has ended, within five seconds, and stops. Safe to repeat; never rejects. */
  shutdown(): Promise<void>;
  /** What was refused or lost since the start, as a copy. */
  counters(): Readonly<Counters>;
}

/** How long `shutdown` waits for the collector. */
const SHUTDOWN_FLUSH_MILLIS = 5000;
/** One SDK a process, also when the app and `register` load different copies of this package. */
const RUNNING = Symbol.for('threadline.sdk.running');

/**
 * Starts tracing and logging in this process. Call it before the app imports http, Express, gRPC or winston, which
 * `node --import @threadline/sdk/register` does for you. A second call returns the running handle and its options are
 * not read. With `OTEL_SDK_DISABLED=true` nothing is started.
 *
 * @throws ThreadlineError (`invalid_setting`, `unknown_setting`) with one line that says what is wrong and what it may be.
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
  const running: unknown = Reflect.get(globalThis, RUNNING);
  if (isHandle(running)) return running;
  const handle = isDisabled(process.env) ? createDisabledHandle() : startSdk(readConfig(process.env, options), loadApi());
  Object.defineProperty(globalThis, RUNNING, { value: handle, configurable: true });
  return handle;
}

function startSdk(config: Config, api: OpenTelemetryApi): SdkHandle {
  registerLoaderHooks();
  if (config.diagLevel !== undefined) diag.setLogger(new DiagConsoleLogger(), { logLevel: config.diagLevel });
  const counters = createCounters();
  const warnings = createWarnings({
    endpoint: new URL(config.collector.tracesUrl ?? config.collector.logsUrl ?? 'http://localhost').origin,
    write: writeLine,
    nowMillis: () => performance.now(),
  });
  const resource = createResource(config.serviceName);
  const { tracesUrl, logsUrl } = config.collector;
  const urls = [tracesUrl, logsUrl].filter((url) => url !== undefined);
  const spoolLocation = locateSpool(config.collector.spool, String(resource.attributes['service.name']), urls);
  const telemetry = createTelemetryExport({ config: config.collector, spoolLocation, counters, warnings });
  const flush = (): Promise<void> => telemetry.flush(SHUTDOWN_FLUSH_MILLIS);
  const redactor = config.redaction === undefined ? undefined : createRedactor(config.redaction);
  const spans = createSpanPipeline({ sink: telemetry.spans, flush, redactor, tail: config.sampling.tail });
  const hooks = [
    createExpressInstrumentation(),
    createGrpcInstrumentation(),
    createWinstonInstrumentation(config.logs),
    ...createLibraryHooks({ messaging: config, redisChannels: config.redisChannels, redisLists: config.redisLists }),
  ];
  nameUnseenLibraries(hooks, writeLine);
  registerInstrumentations({ instrumentations: hooks });
  const propagator = new FlowPropagator({
    ...config,
    allowedHosts: createAllowedHosts(config.allowedHosts),
    counters,
    redactor,
    onRefused: createRefusedHosts(writeLine),
  });
  const tracing = new SpanTracerProvider({
    resource,
    sampler: new FlowSampler(config.sampling.sampler, createIdSource(config.createCorrelationId, counters)),
    limits: config.spanLimits,
    processors: spans.processors,
  });
  const logging = new LogEmitterProvider({
    resource,
    limits: config.logAttributeLimits,
    processors: createLogProcessors({ sink: telemetry.logs, flush, redactor }),
  });
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  api.propagation.setGlobalPropagator(propagator);
  api.trace.setGlobalTracerProvider(tracing);
  api.logs.setGlobalLoggerProvider(logging);
  followIntervals();
  followWorkers();
  traceHttpServers(config.correlationHeaders[0]);
  const stopClients = [traceHttpClients(), traceUndici()];
  setExceptionSignal(config.logs.exceptionSignal);
  const stopConsole = config.logs.capturesConsole ? captureConsole() : undefined;
  const stopCrashes = recordCrashes();
  const removeExitListeners = flushOnExit({
    ...telemetry,
    beforeEnd() {
      writeHeldCrashes();
      spans.releaseAll();
    },
  });
  let stopped: Promise<void> | undefined;
  return {
    counters: () => ({ ...counters }),
    shutdown() {
      stopCrashes();
      stopConsole?.();
      stopped ??= Promise.allSettled([tracing.shutdown(), logging.shutdown()]).then(() => {
        for (const stop of stopClients) stop();
        removeExitListeners();
        telemetry.close();
      });
      return stopped;
    },
  };
}

function writeLine(line: string): void {
  process.stderr.write(`${line}\n`);
}

function createDisabledHandle(): SdkHandle {
  return { counters: createCounters, shutdown: () => Promise.resolve() };
}

function isHandle(value: unknown): value is SdkHandle {
  return typeof value === 'object' && value !== null && 'shutdown' in value;
}
