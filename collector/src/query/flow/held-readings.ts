import { recordCharacters } from '../../storage/record-size.ts';
import type { ReadContext } from '../../storage/storage.ts';
import { HeldValues } from '../held-values.ts';
import type { FlowReading } from './flow-reading.ts';
import type { FlowRequest } from './flow-scope.ts';
import type { FlowWindow } from './flow-window.ts';

/** A reader asks for the next page at once. */
const HELD_MILLIS = 30_000;
/** Of all readings together: some of the longest windows, a hundred megabytes. */
const MAX_HELD_CHARACTERS = 32_000_000;
/** What a record counts for beside its texts: its ids and times, and the objects that it is made of. */
const RECORD_CHARACTERS = 1_000;
const NO_RESOURCE = { attributes: [] };

/**
 * Readings of flows by those who page through them, so that a page need not read again what the one before it was cut from. Only a help: a page whose reading
 * is not here any more, or was begun by another collector, reads for itself and answers the same.
 */
export interface HeldReadings {
  /** That which the page before was cut from, if it was begun less than half a minute ago. */
  find(request: FlowRequest, context: ReadContext): FlowReading | undefined;
  /** For the page after this one. What is partial or too large is not held; those whose latest pages are oldest make room. */
  hold(request: FlowRequest, reading: FlowReading, context: ReadContext): void;
  /** Its last page is answered. */
  drop(request: FlowRequest, context: ReadContext): void;
}

export function createHeldReadings({ maxCharacters = MAX_HELD_CHARACTERS } = {}): HeldReadings {
  const held = new HeldValues<FlowReading>({ heldMillis: HELD_MILLIS, maxSize: maxCharacters });
  return {
    find: (request, context) => held.find(nameOf(request, context)),

    hold(request, reading, context) {
      const name = nameOf(request, context);
      if (reading.counts === undefined || reading.window.partial !== undefined) held.drop(name);
      else held.hold(name, reading, { size: charactersOf(reading.window), sinceMillis: reading.begunAtMillis });
    },

    drop: (request, context) => held.drop(nameOf(request, context)),
  };
}

/** What the window's records take, events and links of spans and all. */
function charactersOf({ ordered, messageLogs }: FlowWindow): number {
  const spans = ordered.map(({ record }) => {
    const parts = [...(record.events ?? []), ...(record.links ?? [])];
    return parts.reduce((sum, { attributes }) => sum + recordCharacters({ attributes, resource: NO_RESOURCE }), recordCharacters(record));
  });
  const logs = messageLogs.map(({ record }) => recordCharacters(record));
  return [...spans, ...logs].reduce((sum, count) => sum + RECORD_CHARACTERS + count, 0);
}

function nameOf({ correlationId, range, episodeFromNanos }: FlowRequest, { tenant }: ReadContext): string {
  return [tenant, range.fromNanos, range.toNanos, episodeFromNanos, correlationId].join(' ');
}
