/** Levels of the log records that count among the errors of where they come from. */
export const ERROR_LEVELS = ['ERROR', 'FATAL'] as const;
