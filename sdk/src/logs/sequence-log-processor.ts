import { type Attributes, type Context, context as contextApi } from '@opentelemetry/api';
import { recordClock } from '../clock.ts';
import { CORRELATION_ID_ATTRIBUTE } from '../correlation/correlation-id.ts';
import { correlationIdOf } from '../correlation/flow.ts';
import { hrTimeToMillis } from '../hr-time.ts';
import type { LogRecordProcessor, ReadWriteLogRecord } from './log-types.ts';

/** The place of a record among all of its process, from 1, whatever the order of exports. */
const SEQUENCE_ATTRIBUTE = 'threadline.sequence';

/** An older one was said by whoever wrote it. */
const MAX_AGE_MILLIS = 100;

/**
 * Puts `correlation.id` and `threadline.sequence` on every log record, whoever wrote it, and a time that never goes back on
 * one that came without a time of its own. Must come before the one that sends.
 */
export class SequenceLogProcessor implements LogRecordProcessor {
  #sequence = 0;

  onEmit(record: ReadWriteLogRecord, context?: Context): void {
    this.#sequence += 1;
    if (isTimeOfCall(record)) record.hrTime = recordClock.now();
    const id = correlationIdOf(context ?? contextApi.active());
    // First, and beside the attribute limit: a collector that cuts a long list at its end must not cut these two.
    const attributes: Attributes = { [SEQUENCE_ATTRIBUTE]: this.#sequence };
    if (id !== undefined) attributes[CORRELATION_ID_ATTRIBUTE] = id;
    for (const key in record.attributes)
      if (!(key === SEQUENCE_ATTRIBUTE || (key === CORRELATION_ID_ATTRIBUTE && id !== undefined))) attributes[key] = record.attributes[key];
    record.attributes = attributes;
  }

  async forceFlush(): Promise<void> {
    // Nothing is held back.
  }

  async shutdown(): Promise<void> {
    // Nothing to release.
  }
}

/** A record that came without a time has that of the call, to a millisecond, as both of its times. */
function isTimeOfCall({ hrTime, hrTimeObserved }: ReadWriteLogRecord): boolean {
  const isSame = hrTime[0] === hrTimeObserved[0] && hrTime[1] === hrTimeObserved[1];
  return isSame && Math.abs(Date.now() - hrTimeToMillis(hrTime)) < MAX_AGE_MILLIS;
}
