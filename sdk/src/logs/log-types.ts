import type { AnyValue, Attributes, Context, HrTime, SeverityNumber, SpanContext } from '@opentelemetry/api';
import type { Resource, Scope } from '../traces/span-types.ts';

/** A log record that processors may change. The shape of OpenTelemetry's own, so that its records pass our processors too. */
export interface ReadWriteLogRecord {
  hrTime: HrTime;
  hrTimeObserved: HrTime;
  spanContext?: SpanContext | undefined;
  severityText?: string | undefined;
  severityNumber?: SeverityNumber | undefined;
  body?: AnyValue | undefined;
  eventName?: string | undefined;
  readonly resource: Resource;
  readonly instrumentationScope: Scope;
  attributes: Attributes;
  readonly droppedAttributesCount: number;
}

/** What is told of each log record. The shape of OpenTelemetry's own. */
export interface LogRecordProcessor {
  onEmit(record: ReadWriteLogRecord, context?: Context): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}
