import { isMainThread } from 'node:worker_threads';
import type { Sampler } from '@opentelemetry/api';
import type { Config } from './config.ts';
import { createAllowedHosts } from './correlation/allowed-hosts.ts';
import type { ForeignHops } from './correlation/hop.ts';
import { createIdSource } from './correlation/own-id.ts';
import { FlowPropagator } from './correlation/propagator.ts';
import { createRefusedHosts } from './correlation/refused-hosts.ts';
import { type Counters, createCounters } from './counters.ts';
import type { CollectorConfig } from './export/collector-config.ts';
import type { ItemSink } from './export/queue-processors.ts';
import { locateSpool } from './export/spool/spool-location.ts';
import { createTelemetryExport, type TelemetryExport } from './export/telemetry-export.ts';
import { createThreadHandover } from './export/thread-handover.ts';
import { createWarnings } from './export/warnings.ts';
import { parentInbox, WorkerInbox } from './export/worker-inbox.ts';
import { describeUnknownNames } from './known-names.ts';
import type { LogRecordProcessor } from './logs/log-types.ts';
import type { ResourceGate } from './node-sdk/resource-gate.ts';
import { holdTimers } from './own-timers.ts';
import { createLogProcessors, createSpanPipeline, type SpanPipeline } from './processors.ts';
import { createRedactor } from './redaction/redactor.ts';
import { createResource, describeIgnoredAttributes } from './resource.ts';
import { FlowSampler } from './sampling/flow-sampler.ts';
import { createTraceId } from './traces/random-ids.ts';
import type { Resource } from './traces/span-types.ts';
import { describeUnusedSettings } from './unused-settings.ts';

/** How long `shutdown` waits for the collector. */
const SHUTDOWN_FLUSH_MILLIS = 5000;
/** How much longer it waits for what a cloud says of the process. */
const RESOURCE_MILLIS = 1000;

/** What the SDK consists of, whoever's tracer and logger it stands behind. */
export interface SdkParts {
  readonly counters: Counters;
  readonly resource: Resource;
  readonly telemetry: TelemetryExport;
  readonly spans: SpanPipeline;
  readonly logProcessors: LogRecordProcessor[];
  readonly sampler: Sampler;
  readonly propagator: FlowPropagator;
  /** The id of a flow that has no span yet. */
  readonly createFlowId: () => string;
}

/** What is needed behind somebody else's SDK and beside somebody else's instrumentations. */
export interface ForeignSdk {
  readonly hops: ForeignHops;
  readonly gate: ResourceGate;
}

/** Makes all parts; nothing is followed and no global is set. */
export function createParts(config: Config, foreign?: ForeignSdk): SdkParts {
  holdTimers();
  const counters = createCounters();
  const warnings = createWarnings({
    endpoint: new URL(config.collector.tracesUrl ?? config.collector.logsUrl ?? 'http://localhost').origin,
    write: writeLine,
    nowMillis: () => performance.now(),
  });
  const redactor = config.redaction === undefined ? undefined : createRedactor(config.redaction);
  const resource = createResource(config.serviceName);
  redactor?.attributes(resource.attributes);
  const { tracesUrl, logsUrl } = config.collector;
  const urls = [tracesUrl, logsUrl].filter((url) => url !== undefined);
  const spoolLocation = locateSpool(config.collector.spool, String(resource.attributes['service.name']), urls);
  // An app's own NodeSDK may hand the same spans to others: there secrets are hidden at once.
  const areItemsShared = foreign !== undefined;
  const redactors = areItemsShared ? { atOnce: redactor, atWriting: undefined } : { atOnce: undefined, atWriting: redactor };
  const exporting = {
    config: config.collector,
    spoolLocation,
    counters,
    warnings,
    redactor: redactors.atWriting,
    areItemsShared,
    resource,
  };
  const parent = parentInbox(config.collector);
  const telemetry = takingOver(
    config.collector,
    parent === undefined ? createTelemetryExport(exporting) : createThreadHandover(exporting, parent),
  );
  const flush = async (): Promise<void> => {
    await foreign?.gate.releaseWithin(RESOURCE_MILLIS);
    await telemetry.flush(SHUTDOWN_FLUSH_MILLIS);
  };
  const sinkOf = <One extends { readonly resource: Resource }>(sink: ItemSink<One> | undefined): ItemSink<One> | undefined =>
    sink === undefined || foreign === undefined ? sink : foreign.gate.before(sink);
  const createId = createIdSource(config.createCorrelationId, counters);
  return {
    counters,
    resource,
    telemetry,
    createFlowId: () => createId(createTraceId()),
    spans: createSpanPipeline({ sink: sinkOf(telemetry.spans), flush, redactor: redactors.atOnce, tail: config.sampling.tail }),
    logProcessors: createLogProcessors({ sink: sinkOf(telemetry.logs), flush, redactor: redactors.atOnce }),
    sampler: new FlowSampler(config.sampling.sampler, createId),
    propagator: new FlowPropagator({
      ...config,
      allowedHosts: createAllowedHosts(config.allowedHosts),
      counters,
      logLevelKeys: config.logs.levelKeys,
      redactor,
      hops: foreign?.hops,
      onRefused: createRefusedHosts(writeLine),
      onRefusedLevel: (reason) => warnings.noted(`a request asked for another log level by x-log-level and does not get it: ${reason}`),
    }),
  };
}

/** What this thread's workers hand over is taken before anything is sent for the last time. */
function takingOver(config: CollectorConfig, telemetry: TelemetryExport): TelemetryExport {
  const inbox = new WorkerInbox(config, (handed) => telemetry.receive(handed));
  return {
    ...telemetry,
    itemCount() {
      inbox.drain();
      return telemetry.itemCount();
    },
    flush(timeoutMillis) {
      inbox.drain();
      return telemetry.flush(timeoutMillis);
    },
    endSync(mayWait) {
      inbox.drain();
      telemetry.endSync(mayWait);
    },
    close() {
      inbox.drain();
      inbox.close();
      telemetry.close();
    },
  };
}

export function writeLine(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A line for each part of OpenTelemetry's settings that this SDK does not know, use or cannot read; once a process. `isAlone` as of `describeUnusedSettings`. */
export function tellIgnoredSettings(isAlone: boolean): void {
  if (!isMainThread) return;
  const environment = process.env;
  const unused = describeUnusedSettings(environment, isAlone);
  for (const line of [...describeUnknownNames(environment), ...unused, ...describeIgnoredAttributes(environment)]) writeLine(line);
}
