import { type Sampler, SpanKind, type TextMapPropagator } from '@opentelemetry/api';
import { isDisabled, readConfig, type StartOptions } from '../config.ts';
import { ThreadlineError } from '../errors.ts';
import { type ExitFlush, endNow, flushOnExit } from '../export/exit-flush.ts';
import { followLibraries, followNode } from '../instrument/follow-app.ts';
import { recordCrashes, writeHeldCrashes } from '../logs/crash-records.ts';
import type { LogRecordProcessor } from '../logs/log-types.ts';
import { isSdkStopped, runningSdk, STOPPED_LINE, setRunningSdk, setSdkStopped } from '../running-sdk.ts';
import { RecordingSampler } from '../sampling/recording-sampler.ts';
import { createParts, tellIgnoredSettings, writeLine } from '../sdk-parts.ts';
import type { SpanProcessor } from '../traces/span-types.ts';
import { type AppInstrumentation, createAppInstrumentation } from './app-instrumentation.ts';
import { ClosingLogProcessor, ClosingSpanProcessor } from './closing-processors.ts';
import { followForeignHops } from './foreign-hops.ts';
import { ResourceGate } from './resource-gate.ts';

/** A part of what the constructor of OpenTelemetry's `NodeSDK` takes. */
export interface NodeSdkConfiguration {
  /** As `start` names the service: a setting, else the package. */
  serviceName?: string;
  /** One: it follows everything that `register` does. Replace it by others, and it follows nothing. */
  instrumentations?: AppInstrumentation[];
  /** W3C trace context, baggage and the correlation id, each to whom it may go. */
  textMapPropagator?: TextMapPropagator;
  sampler?: Sampler;
  spanLimits?: { linkCountLimit: number };
  /** The correlation id on each span, what is announced, hidden and held, and the way to the collector. */
  spanProcessors?: SpanProcessor[];
  logRecordProcessors?: LogRecordProcessor[];
}

/**
 * Our processors, propagator, sampler and way to the collector for an app's own `NodeSDK` (@opentelemetry/sdk-node 0.300 and
 * newer), with all that we follow. What the app names behind it takes the place of ours. Settings are read as by `start`. Call
 * it before the app's first import of a library, and start the `NodeSDK` then. Its `shutdown` flushes and stops ours too.
 * With `OTEL_SDK_DISABLED=true` it is empty, as a `NodeSDK` does nothing then.
 *
 * @throws ThreadlineError (`invalid_setting`, `unknown_setting`) as `start`; (`already_running`) when `register`, `start` or
 * another `threadline()` runs in this process: there is one way to the collector a process.
 *
 * @example
 * const sdk = new NodeSDK({ ...threadline(), instrumentations: [getNodeAutoInstrumentations()] });
 * sdk.start();
 */
export function threadline(options: StartOptions = {}): NodeSdkConfiguration {
  if (isDisabled(process.env)) return {};
  if (runningSdk() !== undefined) {
    throw new ThreadlineError(
      'already_running',
      isSdkStopped() ? STOPPED_LINE : 'threadline: the SDK runs in this process already; leave --import @threadline/sdk/register out',
    );
  }
  const config = readConfig(process.env, options);
  tellIgnoredSettings(false);
  const hops = followForeignHops();
  const gate = new ResourceGate();
  const parts = createParts(config, { hops, gate });
  const { telemetry, counters, spans } = parts;
  const exit: ExitFlush = {
    ...telemetry,
    beforeEnd() {
      writeHeldCrashes();
      spans.releaseAll();
      gate.release();
    },
  };
  const stopCrashes = recordCrashes(() => endNow(exit));
  const removeExitListeners = flushOnExit(exit);
  let stopFollowing = (): void => undefined;
  const close = (): void => {
    setSdkStopped();
    stopCrashes();
    stopFollowing();
    hops.stop();
    removeExitListeners();
    telemetry.close();
  };
  // As many as there are signals to end.
  const open = new Set(['spans', 'logs']);
  const closeOne = (signal: string): void => {
    if (open.delete(signal) && open.size === 0) close();
  };
  setRunningSdk({
    counters: () => ({ ...counters }),
    async shutdown() {
      await Promise.allSettled([...spans.processors, ...parts.logProcessors].map((processor) => processor.shutdown()));
      for (const signal of [...open]) closeOne(signal);
    },
  });
  const follow = (): (() => void) => {
    const tellUnseen = followLibraries(config, writeLine);
    // The app's SDK sets its logger provider in this same turn.
    queueMicrotask(tellUnseen);
    stopFollowing = followNode(config, parts.createFlowId);
    return stopFollowing;
  };
  return {
    serviceName: String(parts.resource.attributes['service.name']),
    instrumentations: [createAppInstrumentation(follow)],
    textMapPropagator: parts.propagator,
    // Where a call of somebody else's instrumentation goes, and so whether it may be told the id, stands in its span's attributes.
    sampler: new RecordingSampler(parts.sampler, [SpanKind.CLIENT]),
    spanLimits: { linkCountLimit: config.spanLimits.maxLinks },
    spanProcessors: [new ClosingSpanProcessor(spans.processors, () => closeOne('spans'))],
    logRecordProcessors: [new ClosingLogProcessor(parts.logProcessors, () => closeOne('logs'))],
  };
}
