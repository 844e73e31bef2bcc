import type { SlowestSearch } from '../../slowest-traces.ts';
import type { TimeRange } from '../../storage.ts';
import { logFieldValues } from '../reading/log-field-values.ts';
import { logFields } from '../reading/log-fields.ts';
import { logHistogram } from '../reading/log-histogram.ts';
import { logPatterns } from '../reading/log-patterns.ts';
import { readErrors, readOtherErrors } from '../reading/read-errors.ts';
import { readFigures } from '../reading/read-figures.ts';
import { readLog } from '../reading/read-log.ts';
import type { ReadScope } from '../reading/read-scope.ts';
import { searchLogs, searchSpans } from '../reading/row-search.ts';
import { countOperations, countServices } from '../reading/service-counts.ts';
import { slowestTraces } from '../reading/slowest-traces.ts';
import { countStats } from '../reading/stats/count-stats.ts';
import { findTraceIds, searchTraces } from '../reading/trace-search.ts';
import { readTraceSpans } from '../reading/trace-spans.ts';
import { summarizeTraces } from '../reading/trace-summaries.ts';

/** What a reading thread can be asked for, each with one argument. */
export const OPERATIONS = {
  searchLogs,
  searchSpans,
  readLog,
  logHistogram,
  logFields,
  logFieldValues,
  logPatterns,
  countStats,
  searchTraces,
  slowestTraces: (scope: ReadScope, search: SlowestSearch) => slowestTraces(scope, search),
  readTraceSpans,
  summarizeTraces,
  findTraceIds,
  countServices,
  readFigures,
  readErrors,
  readOtherErrors,
  countOperations: (scope: ReadScope, { service, range }: { readonly service: string; readonly range: TimeRange }) =>
    countOperations(scope, service, range),
};

export type OperationName = keyof typeof OPERATIONS;
export type OperationArgument<O extends OperationName> = Parameters<(typeof OPERATIONS)[O]>[1];
export type OperationAnswer<O extends OperationName> = ReturnType<(typeof OPERATIONS)[O]>;
