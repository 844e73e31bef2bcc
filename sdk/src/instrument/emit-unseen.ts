import { logs, ROOT_CONTEXT, SeverityNumber } from '@opentelemetry/api';
import { recordClock } from '../clock.ts';

/** Why a library that the SDK knows by name is not followed. */
export type UnseenReason = 'loaded_before' | 'bundled' | 'untested_version' | 'not_supported';

/** Reports of libraries that are not followed. */
export interface UnseenReports {
  report(reason: UnseenReason, libraries: readonly string[]): void;
  /** There is a logger provider now: what was reported before is sent, and the rest at once. Safe to repeat. */
  open(): void;
}

/**
 * Tells the collector what is not followed in this process, so that a flow that breaks here is not a riddle. It shows such a record in no log search
 * that does not ask for it. Libraries are looked at before there is anything to send with.
 */
export function createUnseenReports(): UnseenReports {
  let waiting: Parameters<UnseenReports['report']>[] | undefined = [];
  return {
    report(reason, libraries) {
      if (waiting === undefined) emitUnseen(reason, libraries);
      else waiting.push([reason, libraries]);
    },
    open() {
      for (const [reason, libraries] of waiting ?? []) emitUnseen(reason, libraries);
      waiting = undefined;
    },
  };
}

function emitUnseen(reason: UnseenReason, libraries: readonly string[]): void {
  logs.getLogger('@threadline/sdk').emit({
    eventName: 'threadline.libraries.unseen',
    context: ROOT_CONTEXT,
    timestamp: recordClock.now(),
    severityNumber: SeverityNumber.WARN,
    severityText: 'warn',
    body: `not followed: ${libraries.join(', ')}`,
    attributes: { 'library.names': [...libraries], 'library.reason': reason },
  });
}
