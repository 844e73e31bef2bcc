import { logs, ROOT_CONTEXT, SeverityNumber } from '@opentelemetry/api';
import { recordClock } from '../clock.ts';
import type { DropReport } from './drop-reports.ts';

const SCOPE = '@threadline/sdk';

/** Tells the collector what was lost. It shows such a record in no log search that does not ask for it, and marks the traces by it. */
export function emitDrop({ signal, reason, count, firstMillis, lastMillis, traceIds }: DropReport): void {
  logs.getLogger(SCOPE).emit({
    eventName: 'threadline.drop',
    context: ROOT_CONTEXT,
    timestamp: recordClock.now(),
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
  });
}

/** Decimal digits: a number has too few of them. */
function nanosText(nanos: bigint): string {
  return nanos.toString();
}
