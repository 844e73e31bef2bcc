import type { DurationWindow } from '../../analysis/usual-duration.ts';
import { Cell } from '../../storage/figures/figure-set.ts';
import type { Figure, FiguresRequest } from '../../storage/figures/figures.ts';
import type { ReadContext, Storage, TimeRange } from '../../storage/storage.ts';
import type { Reader } from '../api-route.ts';
import { HeldValues } from '../held-values.ts';
import type { FiguresRange } from './figures-range.ts';
import { figuresOf, windowsOf } from './processes.ts';
import { nodeId } from './service-edges.ts';

const NANOS_A_MINUTE = 60_000_000_000n;
/** What is usual is told of as long as this, as beside a trace; of a longer range, of that. */
const USUAL_NANOS = 6n * 60n * NANOS_A_MINUTE;
/** Two dozen are enough to tell a rhythm of hours; those of each five minutes cost a map of 200 services as much again. */
const USUAL_STEP_MINUTES = 15;
/** Maps are asked for again every few seconds; what was usual before the last minutes changes with what comes late alone. */
const KEPT_MILLIS = 60_000;
/** Of all that is kept together, of each service one more: those of 8,000 services, some ten megabytes. */
const MAX_WINDOWS = 200_000;

/** How long the calls of services, or those to peers, took, by name; of those that were not called often enough nothing. */
type UsualDurations = ReadonlyMap<string, readonly DurationWindow[]>;

/** What it is read from. */
interface UsualReader {
  readonly storage: Pick<Storage, 'serviceFigures'>;
  readonly context: ReadContext;
}

interface UsualRequest extends Pick<FiguresRange, 'fromNanos' | 'toNanos' | 'recentFromMinute' | 'environment'> {
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
  /** The same of calls to what sends no spans itself, by its id on a map, and of every range: there is nothing else to tell it by. */
  readPeers(asked: Omit<UsualRequest, 'service'>, reader: UsualReader): Promise<UsualDurations>;
}

export function createUsualDurations({ maxWindows = MAX_WINDOWS } = {}): UsualDurationsReader {
  const kept = new HeldValues<UsualDurations>({ heldMillis: KEPT_MILLIS, maxSize: maxWindows });
  /** Reads what is kept under the name from then on. */
  const readAnew = async (
    name: string,
    {
      asked,
      durationsOf,
    }: { readonly asked: Omit<FiguresRequest, 'stepMinutes'>; readonly durationsOf: (figures: readonly Figure[]) => UsualDurations },
    { storage, context }: UsualReader,
  ): Promise<UsualDurations> => {
    // Before it is read: what comes meanwhile is not in it.
    const sinceMillis = performance.now();
    const { figures, partial } = await storage.serviceFigures({ ...asked, stepMinutes: USUAL_STEP_MINUTES }, context);
    const durations = durationsOf(figures);
    const size = [...durations.values()].reduce((sum, list) => sum + list.length + 1, 0);
    if (partial === undefined) kept.hold(name, durations, { size, sinceMillis });
    return durations;
  };
  return {
    async read({ fromNanos, toNanos, recentFromMinute, service, environment }, reader) {
      if (toNanos - fromNanos >= USUAL_NANOS || toNanos < USUAL_NANOS) return new Map();
      const nameOf = (of: string | undefined): string => JSON.stringify([reader.context.tenant, String(toNanos), of, environment]);
      const known = kept.find(nameOf(undefined)) ?? kept.find(nameOf(service));
      if (known) return known;
      const asked = { range: usualRange(toNanos), types: ['service'], ...(service !== undefined && { service }), environment } as const;
      const step = { stepMinutes: USUAL_STEP_MINUTES, endMinute: recentFromMinute };
      const durationsOf = (figures: readonly Figure[]): UsualDurations =>
        new Map(figuresOf('service', figures).map(({ key, figure }) => [key.service, windowsOf(figure, step)]));
      return await readAnew(nameOf(service), { asked, durationsOf }, reader);
    },
    async readPeers({ toNanos, recentFromMinute, environment }, reader) {
      if (toNanos < USUAL_NANOS) return new Map();
      const name = JSON.stringify({ peers: [reader.context.tenant, String(toNanos), environment] });
      const asked = { range: usualRange(toNanos), types: ['peer'], environment } as const;
      return kept.find(name) ?? (await readAnew(name, { asked, durationsOf: (figures) => peerWindows(figures, recentFromMinute) }, reader));
    },
  };
}

function usualRange(toNanos: bigint): TimeRange {
  return { fromNanos: toNanos - USUAL_NANOS, toNanos };
}

/** Of the calls of all services together. */
function peerWindows(figures: readonly Figure[], endMinute: number): UsualDurations {
  const peers = new Map<string, Map<number, Cell>>();
  for (const { key, figure } of figuresOf('peer', figures)) {
    if (key.isSource) continue;
    const id = nodeId({ type: key.peerType, name: key.peer });
    const steps = peers.get(id) ?? new Map<number, Cell>();
    peers.set(id, steps);
    for (const { minute, counts } of figure.points) {
      const cell = steps.get(minute) ?? new Cell();
      steps.set(minute, cell);
      cell.merge(counts);
    }
  }
  const windows = (steps: ReadonlyMap<number, Cell>): DurationWindow[] => {
    const points = Array.from(steps, ([minute, counts]) => ({ minute, counts })).sort((left, right) => left.minute - right.minute);
    return windowsOf({ points }, { stepMinutes: USUAL_STEP_MINUTES, endMinute });
  };
  return new Map(Array.from(peers, ([id, steps]) => [id, windows(steps)]));
}
