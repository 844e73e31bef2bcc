import { inject } from 'vitest';
import { changedStorage } from '../../src/storage/changed-storage.ts';
import { createElasticsearchStorage } from '../../src/storage/elasticsearch/elasticsearch-storage.ts';
import type { StorageWithArrivals } from '../../src/storage/log-arrivals.ts';
import type { LogSnapshot, ReadContext, Storage } from '../../src/storage/storage.ts';
import { testFlowEndpoints } from '../query/flow-endpoints.ts';
import { testLogEndpoints } from '../query/log-endpoints.ts';
import { testLogExport } from '../query/log-export-endpoints.ts';
import { testLogFieldEndpoints } from '../query/log-field-endpoints.ts';
import { testLogPatternEndpoints } from '../query/log-pattern-endpoints.ts';
import { testLogTail } from '../query/log-tail-endpoints.ts';
import { testSavedSearchEndpoints } from '../query/saved-search-endpoints.ts';
import { testStatsEndpoints } from '../query/stats-endpoints.ts';
import { testTraceClocks } from '../query/trace-clocks-endpoints.ts';
import { testTraceColumns } from '../query/trace-columns-endpoints.ts';
import { testTraceEndpoints } from '../query/trace-endpoints.ts';

/** Elasticsearch as the API's only tenant sees it, with data streams that no other suite writes to. */
function createTenantStorage(tenant: string): StorageWithArrivals {
  const storage = createElasticsearchStorage({ url: inject('elasticsearchUrl') });
  const own = (context: ReadContext): ReadContext => ({ ...context, tenant });
  return {
    arrivals: { read: (request, context) => storage.arrivals.read(request, own(context)) },
    storage: changedStorage(storage, {
      writeLogs: (_tenant, logs) => storage.writeLogs(tenant, logs),
      writeSpans: (_tenant, spans) => storage.writeSpans(tenant, spans),
      searchLogs: (search, context) => storage.searchLogs(search, own(context)),
      openLogSnapshot: (context) => openSnapshot(storage, own(context)),
      searchSpans: (search, context) => storage.searchSpans(search, own(context)),
      getLog: (id, context) => storage.getLog(id, own(context)),
      logHistogram: (request, context) => storage.logHistogram(request, own(context)),
      logFields: (request, context) => storage.logFields(request, own(context)),
      logFieldValues: (request, context) => storage.logFieldValues(request, own(context)),
      logPatterns: (request, context) => storage.logPatterns(request, own(context)),
      countStats: (request, context) => storage.countStats(request, own(context)),
      searchTraces: (search, context) => storage.searchTraces(search, own(context)),
      summarizeTraces: (traceIds, context) => storage.summarizeTraces(traceIds, own(context)),
      findTraceIds: (search, context) => storage.findTraceIds(search, own(context)),
      services: (range, context) => storage.services(range, own(context)),
      operations: (service, range, context) => storage.operations(service, range, own(context)),
    }),
  };
}

async function openSnapshot(storage: Storage, context: ReadContext): Promise<LogSnapshot> {
  const snapshot = await storage.openLogSnapshot?.(context);
  if (!snapshot) throw new Error('the storage has no snapshots');
  return snapshot;
}

const run = `${process.pid}${Date.now()}`;
testLogEndpoints(() => createTenantStorage(`querylogs${run}`).storage);
testLogFieldEndpoints(() => createTenantStorage(`queryfields${run}`).storage);
testLogPatternEndpoints(() => createTenantStorage(`querypatterns${run}`).storage);
testStatsEndpoints(() => createTenantStorage(`querystats${run}`).storage);
testLogExport(() => createTenantStorage(`queryexport${run}`).storage);
testTraceEndpoints(() => createTenantStorage(`querytraces${run}`).storage);
testTraceColumns(() => createTenantStorage(`querycolumns${run}`).storage);
testTraceClocks(() => createTenantStorage(`queryclocks${run}`).storage);
testFlowEndpoints(() => createTenantStorage(`queryflows${run}`).storage);
testSavedSearchEndpoints(() => {
  const { searches } = createElasticsearchStorage({ url: inject('elasticsearchUrl') });
  const tenant = `querysaved${run}`;
  return {
    read: (context) => searches.read({ ...context, tenant }),
    replace: (list, context) => searches.replace(list, { ...context, tenant }),
  };
});
let tails = 0;
testLogTail({
  createStorage: () => {
    tails += 1;
    const tenant = `querytail${run}n${tails}`;
    return { ...createTenantStorage(tenant), other: createTenantStorage(tenant).storage };
  },
});
