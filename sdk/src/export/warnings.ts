/** Once a minute is enough to be seen in a log and too seldom to fill one. */
const MIN_INTERVAL_MILLIS = 60_000;

/** Lines to standard error about the SDK itself, at most one a minute; what comes in between is added up into the next. */
export interface Warnings {
  /** Items that were lost for good. */
  dropped(signal: 'spans' | 'log records', count: number, reason: string): void;
  /** Items wait because the collector does not take them. */
  retrying(reason: string): void;
  /** Anything else that a person should know of. */
  noted(text: string): void;
}

export interface WarningsOptions {
  readonly endpoint: string;
  write(line: string): void;
  nowMillis(): number;
}

export function createWarnings(options: WarningsOptions): Warnings {
  let lastMillis = Number.NEGATIVE_INFINITY;
  const lost = { spans: 0, 'log records': 0 };

  function warn(text: string): void {
    const now = options.nowMillis();
    if (now - lastMillis < MIN_INTERVAL_MILLIS) return;
    lastMillis = now;
    const counts = [`${lost.spans} spans`, `${lost['log records']} log records`].filter((part) => !part.startsWith('0 '));
    const losses = counts.length === 0 ? '' : `; lost since the last warning: ${counts.join(', ')}`;
    lost.spans = 0;
    lost['log records'] = 0;
    options.write(`threadline: ${text}${losses}`);
  }

  return {
    dropped(signal, count, reason) {
      lost[signal] += count;
      warn(`telemetry for ${options.endpoint} was dropped: ${reason}`);
    },
    retrying(reason) {
      warn(`the collector at ${options.endpoint} takes nothing now (${reason}); sending again later`);
    },
    noted: warn,
  };
}
