import {
  type AnyValue,
  type Attributes,
  context as contextApi,
  diag,
  type HrTime,
  type Logger,
  type LoggerOptions,
  type LoggerProvider,
  type LogRecord,
  type SeverityNumber,
  type SpanContext,
  trace,
} from '@opentelemetry/api';
import { type AttributeLimits, limitAttributes } from '../attributes.ts';
import { hrTimeOfMillis, toHrTime } from '../hr-time.ts';
import { isValidSpanContext } from '../traces/known-span-context.ts';
import { scopeOf } from '../traces/scope.ts';
import type { Resource, Scope } from '../traces/span-types.ts';
import { plainValue } from './any-value.ts';
import { sparseExceptionAttributes } from './exception.ts';
import type { LogRecordProcessor, ReadWriteLogRecord } from './log-types.ts';
import { textOf } from './thrown-value.ts';

export interface LogEmitterOptions {
  readonly resource: Resource;
  readonly limits: AttributeLimits;
  readonly processors: readonly LogRecordProcessor[];
}

/** OpenTelemetry's logger provider, as far as its API goes. A logger is the same for the same name and version. */
export class LogEmitterProvider implements LoggerProvider {
  readonly #options: LogEmitterOptions;
  readonly #loggers = new Map<string, Logger>();
  #isShutDown = false;

  constructor(options: LogEmitterOptions) {
    this.#options = options;
  }

  getLogger(givenName: string, version?: string, options?: LoggerOptions): Logger {
    const name = textOf(givenName);
    const key = version === undefined && options === undefined ? name : `${name}@${textOf(version)}:${textOf(options?.schemaUrl)}`;
    const known = this.#loggers.get(key);
    if (known !== undefined) return known;
    const scope = scopeOf(name === '' ? 'unknown' : name, version, options?.schemaUrl);
    const logger: Logger = {
      emit: (record) => this.#emit(scope, record),
      enabled: () => !this.#isShutDown && this.#options.processors.length > 0,
    };
    this.#loggers.set(key, logger);
    return logger;
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#options.processors.map((processor) => processor.forceFlush()));
  }

  async shutdown(): Promise<void> {
    this.#isShutDown = true;
    await Promise.all(this.#options.processors.map((processor) => processor.shutdown()));
  }

  #emit(scope: Scope, given: LogRecord): void {
    const { processors } = this.#options;
    if (this.#isShutDown || processors.length === 0 || typeof given !== 'object' || given === null) return;
    const context = given.context ?? contextApi.active();
    const record = new EmittedRecord(given, trace.getSpanContext(context), scope, this.#options);
    for (const processor of processors) processor.onEmit(record, context);
  }
}

/** A log record on its way through the processors. */
class EmittedRecord implements ReadWriteLogRecord {
  readonly resource: Resource;
  readonly instrumentationScope: Scope;
  attributes: Attributes;
  readonly droppedAttributesCount: number;
  hrTime: HrTime;
  hrTimeObserved: HrTime;
  spanContext: SpanContext | undefined;
  severityText: string | undefined;
  severityNumber: SeverityNumber | undefined;
  body: AnyValue | undefined;
  eventName: string | undefined;

  constructor(given: LogRecord, spanContext: SpanContext | undefined, scope: Scope, options: LogEmitterOptions) {
    const now = hrTimeOfMillis(Date.now());
    this.hrTime = given.timestamp === undefined ? now : (toHrTime(given.timestamp) ?? now);
    this.hrTimeObserved = given.observedTimestamp === undefined ? now : (toHrTime(given.observedTimestamp) ?? now);
    this.spanContext = spanContext !== undefined && isValidSpanContext(spanContext) ? spanContext : undefined;
    this.severityText = given.severityText;
    this.severityNumber = given.severityNumber;
    this.body = typeof given.body === 'string' ? given.body : plainValue(given.body);
    this.eventName = given.eventName;
    this.resource = options.resource;
    this.instrumentationScope = scope;
    const { attributes, droppedCount } = limitAttributes(given.attributes, options.limits);
    this.attributes = given.exception === undefined ? attributes : { ...exceptionFields(given.exception), ...attributes };
    this.droppedAttributesCount = droppedCount;
  }
}

/** What OpenTelemetry's own logger makes of an exception; what the caller says itself goes before it. */
function exceptionFields(exception: unknown): Attributes {
  if (typeof exception === 'string' || typeof exception === 'number') return { 'exception.message': String(exception) };
  const fields = typeof exception === 'object' && exception !== null ? sparseExceptionAttributes(exception) : {};
  if (Object.keys(fields).length === 0) diag.warn('Failed to record an exception without a name, a message or a stack');
  return fields;
}
