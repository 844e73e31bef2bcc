import type { Storage } from './storage.ts';

/** A storage of which some parts are others. */
export function changedStorage(storage: Storage, parts: Partial<Storage>): Storage {
  const writeRequests = storage.writeRequests?.bind(storage);
  const openLogSnapshot = storage.openLogSnapshot?.bind(storage);
  const traceSpans = storage.traceSpans?.bind(storage);
  const slowestTraces = storage.slowestTraces?.bind(storage);
  return {
    get capabilities() {
      return storage.capabilities;
    },
    parallelWrites: storage.parallelWrites,
    ...(storage.gatherMillis !== undefined && { gatherMillis: storage.gatherMillis }),
    ...(storage.callRecords !== undefined && { callRecords: storage.callRecords }),
    start: (signal) => storage.start(signal),
    shutdown: () => storage.shutdown(),
    writeLogs: (tenant, logs, options) => storage.writeLogs(tenant, logs, options),
    writeSpans: (tenant, spans, options) => storage.writeSpans(tenant, spans, options),
    ...(writeRequests && { writeRequests }),
    hasten: () => storage.hasten(),
    check: (context) => storage.check(context),
    searchLogs: (search, context) => storage.searchLogs(search, context),
    ...(openLogSnapshot && { openLogSnapshot }),
    searchSpans: (search, context) => storage.searchSpans(search, context),
    ...(traceSpans && { traceSpans }),
    getLog: (id, context) => storage.getLog(id, context),
    logHistogram: (request, context) => storage.logHistogram(request, context),
    logFields: (request, context) => storage.logFields(request, context),
    logFieldValues: (request, context) => storage.logFieldValues(request, context),
    logPatterns: (request, context) => storage.logPatterns(request, context),
    otherPatterns: () => storage.otherPatterns(),
    countStats: (request, context) => storage.countStats(request, context),
    searchTraces: (search, context) => storage.searchTraces(search, context),
    ...(slowestTraces && { slowestTraces }),
    summarizeTraces: (traceIds, context) => storage.summarizeTraces(traceIds, context),
    findTraceIds: (search, context) => storage.findTraceIds(search, context),
    services: (range, context) => storage.services(range, context),
    operations: (service, range, context) => storage.operations(service, range, context),
    serviceFigures: (request, context) => storage.serviceFigures(request, context),
    errorGroups: (request, context) => storage.errorGroups(request, context),
    otherErrors: (context) => storage.otherErrors(context),
    deployments: (service, range, context) => storage.deployments(service, range, context),
    ...parts,
  };
}
