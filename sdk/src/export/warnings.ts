import { clearTimeout, setTimeout } from '../own-timers.ts';

/** Once a minute is enough to be seen in a log and too seldom to fill one. */
const MIN_INTERVAL_MILLIS = 60_000;

/** Lines to standard error about the SDK itself, at most one a minute; losses and problems that come in between are added up into the next. */
export interface Warnings {
  /** Items that were lost for good. */
  dropped(signal: 'spans' | 'log records', count: number, reason: string): void;
  /** Items wait because the collector does not take them. */
  retrying(reason: string): void;
  /** Anything else that a person should know of. */
  noted(text: string): void;
  /** For the end of the process: says at once what was to be said with the next line. Safe to repeat. */
  tellRest(): void;
}

export interface WarningsOptions {
  readonly endpoint: string;
  write(line: string): void;
  nowMillis(): number;
}

export function createWarnings(options: WarningsOptions): Warnings {
  let lastMillis = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const lost = { spans: 0, 'log records': 0 };
  /** The last of each kind. */
  const untold = new Map<'noted' | 'dropped', string>();

  function keep(kind: 'noted' | 'dropped', text: string): void {
    untold.set(kind, text);
    const waitMillis = lastMillis + MIN_INTERVAL_MILLIS - options.nowMillis();
    if (waitMillis <= 0) tellRest();
    else timer ??= setTimeout(tellRest, waitMillis).unref();
  }

  function tellRest(): void {
    if (untold.size > 0) tell([]);
  }

  function tell(texts: readonly string[]): void {
    clearTimeout(timer);
    timer = undefined;
    lastMillis = options.nowMillis();
    const all = [...texts, ...untold.values()].join('; ');
    untold.clear();
    const counts = [`${lost.spans} spans`, `${lost['log records']} log records`].filter((part) => !part.startsWith('0 '));
    const losses = counts.length === 0 ? '' : `; lost since the last warning: ${counts.join(', ')}`;
    lost.spans = 0;
    lost['log records'] = 0;
    options.write(`threadline: ${all}${losses}`);
  }

  return {
    dropped(signal, count, reason) {
      lost[signal] += count;
      keep('dropped', `telemetry for ${options.endpoint} was dropped: ${reason}`);
    },
    retrying(reason) {
      // A minute later it may take everything again.
      if (options.nowMillis() - lastMillis < MIN_INTERVAL_MILLIS) return;
      tell([`the collector at ${options.endpoint} takes nothing now (${reason}); sending again later`]);
    },
    noted: (text) => keep('noted', text),
    tellRest,
  };
}
