/** When figures of spans that were written become documents, and those become fewer. Milliseconds. */
export interface FigureTimes {
  /** A batch takes spans for so long: what is later known of another collector's spans. */
  readonly batchMillis: number;
  /** How often is looked for batches of one's own that are to be written, for documents to look after, and for those to give up. */
  readonly roundMillis: number;
  readonly tendMillis: number;
  readonly expireMillis: number;
  /** An open batch says so often that its collector lives; one that says nothing for three times as long is taken over. */
  readonly aliveMillis: number;
  /** By so much the clocks of collectors and of Elasticsearch differ at most. */
  readonly clocksMillis: number;
  /** A cause that comes so long after a span that it caused is found. */
  readonly causeMillis: number;
  /** What is put together in one document, and how long after its end. */
  readonly hour: Window;
  readonly day: Window;
}

export interface Window {
  readonly millis: number;
  readonly settledMillis: number;
  /** Buckets are so wide from then on. */
  readonly widthMinutes: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const FIGURE_TIMES: FigureTimes = {
  batchMillis: 15 * SECOND,
  roundMillis: 5 * SECOND,
  tendMillis: 30 * SECOND,
  expireMillis: 5 * MINUTE,
  aliveMillis: 20 * SECOND,
  clocksMillis: 10 * MINUTE,
  causeMillis: 5 * MINUTE,
  hour: { millis: HOUR, settledMillis: 10 * MINUTE, widthMinutes: 5 },
  // Charts of a day have points that are finer than an hour.
  day: { millis: 24 * HOUR, settledMillis: 30 * HOUR, widthMinutes: 60 },
};
