import { type LogRecord, logs, ROOT_CONTEXT, SeverityNumber } from '@opentelemetry/api';
import { recordClock } from '../clock.ts';
import type { ReadWriteLogRecord } from '../logs/log-types.ts';
import type { Resource } from '../traces/span-types.ts';
import type { DropReport } from './drop-reports.ts';

const SCOPE = '@threadline/sdk';

/** Tells the collector what was lost. It shows such a record in no log search that does not ask for it, and marks the traces by it. */
export function emitDrop(report: DropReport): void {
  logs.getLogger(SCOPE).emit({ ...describeDrop(report), context: ROOT_CONTEXT, timestamp: recordClock.now() });
}

/** The record that `emitDrop` would write, which nobody is told of. */
export function createDropRecord(report: DropReport, resource: Resource): ReadWriteLogRecord {
  const now = recordClock.now();
  return {
    ...describeDrop(report),
    hrTime: now,
    hrTimeObserved: now,
    resource,
    instrumentationScope: { name: SCOPE, version: undefined, schemaUrl: undefined },
    droppedAttributesCount: 0,
  };
}

function describeDrop({ signal, reason, count, firstMillis, lastMillis, traceIds }: DropReport) {
  return {
    eventName: 'threadline.drop',
    severityNumber: SeverityNumber.WARN,
    severityText: 'warn',
    body: `${count} ${signal === 'traces' ? 'spans' : 'log records'} were lost: ${reason}`,
    attributes: {
      'drop.signal': signal,
      'drop.reason': reason,
      'drop.count': count,
      'drop.first_time_unix_nano': nanosText(BigInt(firstMillis) * 1_000_000n),
      'drop.last_time_unix_nano': nanosText(BigInt(lastMillis) * 1_000_000n),
      'drop.trace_ids': [...traceIds],
    },
  } satisfies LogRecord;
}

/** Decimal digits: a number has too few of them. */
function nanosText(nanos: bigint): string {
  return nanos.toString();
}
