import type { DurationWindow } from '../../analysis/usual-duration.ts';
import type { ReadContext, Storage } from '../../storage/storage.ts';
import type { Reader } from '../api-route.ts';
import type { FiguresRange } from './figures-range.ts';
import { figuresOf, windowsOf } from './processes.ts';

const NANOS_A_MINUTE = 60_000_000_000n;
/** What is usual is told of as long as this, as beside a trace; of a longer range, of that. */
const USUAL_NANOS = 6n * 60n * NANOS_A_MINUTE;
/** Two dozen are enough to tell a rhythm of hours; those of each five minutes cost a map of 200 services as much again. */
const USUAL_STEP_MINUTES = 15;
/** Maps are asked for again every few seconds; what was usual before the last minutes changes with what comes late alone. */
const KEPT_MILLIS = 60_000;
/** Of all that is kept together, of each service one more: those of 8,000 services, some ten megabytes. */
const MAX_WINDOWS = 200_000;

/** How long the calls of services took, by name; of those that were not called often enough nothing. */
type UsualDurations = ReadonlyMap<string, readonly DurationWindow[]>;

/** What it is read from. */
interface UsualReader {
  readonly storage: Pick<Storage, 'serviceFigures'>;
  readonly context: ReadContext;
}

interface UsualRequest extends Pick<FiguresRange, 'fromNanos' | 'toNanos' | 'recentFromMinute'> {
  readonly service?: string;
}

/** What endpoints about services read from. */
export interface ServicesReader extends Reader {
  readonly usualDurations: UsualDurationsReader;
}

interface UsualDurationsReader {
  /**
   * In the hours before the range's last minutes, as they were at most a minute ago; of all services or of one. Empty where the range is as long, and shows it by itself.
   */
  read(asked: UsualRequest, reader: UsualReader): Promise<UsualDurations>;
}

interface Kept {
  readonly durations: UsualDurations;
  readonly windowCount: number;
  readonly readAtMillis: number;
}

/** Only a help: what is not kept any more is read again. */
export function createUsualDurations({ maxWindows = MAX_WINDOWS } = {}): UsualDurationsReader {
  /** The oldest first. */
  const kept = new Map<string, Kept>();
  let windowCount = 0;
  let timer: NodeJS.Timeout | undefined;

  function remove(name: string): void {
    windowCount -= kept.get(name)?.windowCount ?? 0;
    kept.delete(name);
  }

  function removeOld(): void {
    const oldest = performance.now() - KEPT_MILLIS;
    for (const [name, { readAtMillis }] of kept) if (readAtMillis <= oldest) remove(name);
  }

  /** For what nobody comes for. */
  function watch(): void {
    if (timer !== undefined || kept.size === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      removeOld();
      watch();
    }, KEPT_MILLIS).unref();
  }

  function keep(name: string, one: Kept): void {
    remove(name);
    if (one.windowCount > maxWindows) return;
    for (const other of kept.keys()) {
      if (windowCount + one.windowCount <= maxWindows) break;
      remove(other);
    }
    kept.set(name, one);
    windowCount += one.windowCount;
    watch();
  }

  return {
    async read({ fromNanos, toNanos, recentFromMinute, service }, { storage, context }) {
      if (toNanos - fromNanos >= USUAL_NANOS || toNanos < USUAL_NANOS) return new Map();
      removeOld();
      const nameOf = (of: string | undefined): string => JSON.stringify([context.tenant, String(toNanos), of]);
      const known = kept.get(nameOf(undefined)) ?? kept.get(nameOf(service));
      if (known) return known.durations;
      // Before it is read: what comes meanwhile is not in it.
      const readAtMillis = performance.now();
      const { figures, partial } = await storage.serviceFigures(
        {
          range: { fromNanos: toNanos - USUAL_NANOS, toNanos },
          types: ['service'],
          ...(service !== undefined && { service }),
          stepMinutes: USUAL_STEP_MINUTES,
        },
        context,
      );
      const step = { stepMinutes: USUAL_STEP_MINUTES, endMinute: recentFromMinute };
      const durations = new Map(figuresOf('service', figures).map(({ key, figure }) => [key.service, windowsOf(figure, step)]));
      const count = [...durations.values()].reduce((sum, list) => sum + list.length + 1, 0);
      if (partial === undefined) keep(nameOf(service), { durations, windowCount: count, readAtMillis });
      return durations;
    },
  };
}
