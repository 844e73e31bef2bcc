import type { Signal } from './servers/server.ts';

/** A row of the table of figures: what is asked, the time that we want to take, and what was measured of others when the aim was set. */
export interface Question {
  readonly signal: Signal;
  readonly title: string;
  readonly aimMillis: number;
  /** Selective questions must not take longer because there is more data. */
  readonly isSelective: boolean;
}

/** Adding a row here, and what it is in each server's words, adds it everywhere. */
export const QUESTIONS = {
  latestErrors: { signal: 'logs', title: 'latest 100 errors of a service', aimMillis: 5, isSelective: true },
  uuid: { signal: 'logs', title: 'one uuid in messages', aimMillis: 3, isSelective: true },
  phrase: { signal: 'logs', title: 'phrase, latest 100', aimMillis: 10, isSelective: true },
  phraseCount: { signal: 'logs', title: 'phrase, count of it', aimMillis: 60, isSelective: false },
  histogram: { signal: 'logs', title: 'histogram by minute and level, everything', aimMillis: 15, isSelective: false },
  correlationId: { signal: 'logs', title: 'one correlation ID', aimMillis: 2, isSelective: true },
  logsOfTrace: { signal: 'logs', title: 'logs of one trace ID', aimMillis: 2, isSelective: true },
  topUsers: { signal: 'logs', title: 'top 10 of a 100,000-value attribute', aimMillis: 50, isSelective: false },
  durationPercentile: { signal: 'logs', title: 'p95 of a numeric attribute by service', aimMillis: 45, isSelective: false },
  trace: { signal: 'spans', title: 'trace by ID', aimMillis: 4, isSelective: true },
  traceSearch: { signal: 'spans', title: '20 traces by service, operation, tag, duration', aimMillis: 10, isSelective: true },
  dependencies: { signal: 'spans', title: 'dependencies of everything', aimMillis: 10, isSelective: false },
} as const satisfies Record<string, Question>;

export type QuestionId = keyof typeof QUESTIONS;

/** In the order of the table. */
export const QUESTION_IDS = Object.keys(QUESTIONS).filter(isQuestionId);

function isQuestionId(name: string): name is QuestionId {
  return name in QUESTIONS;
}
