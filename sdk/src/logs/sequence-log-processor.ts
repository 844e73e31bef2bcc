import { type Context, context as contextApi } from '@opentelemetry/api';
import type { LogRecordProcessor, ReadWriteLogRecord } from '@opentelemetry/sdk-logs';
import { CORRELATION_ID_ATTRIBUTE } from '../correlation/correlation-id.ts';
import { correlationIdOf } from '../correlation/flow.ts';

/** The place of a record among all of its process, from 1, whatever the order of exports. */
const SEQUENCE_ATTRIBUTE = 'threadline.sequence';

/** Puts `correlation.id` and `threadline.sequence` on every log record, whoever wrote it. Must come before the one that sends. */
export class SequenceLogProcessor implements LogRecordProcessor {
  #sequence = 0;

  onEmit(record: ReadWriteLogRecord, context?: Context): void {
    this.#sequence += 1;
    const id = correlationIdOf(context ?? contextApi.active());
    const own = { [SEQUENCE_ATTRIBUTE]: this.#sequence, ...(id === undefined ? {} : { [CORRELATION_ID_ATTRIBUTE]: id }) };
    // First, and beside the attribute limit: a collector that cuts a long list at its end must not cut these two.
    Object.assign(record, { attributes: { ...own, ...record.attributes, ...own } });
  }

  async forceFlush(): Promise<void> {
    // Nothing is held back.
  }

  async shutdown(): Promise<void> {
    // Nothing to release.
  }
}
