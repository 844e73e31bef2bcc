import { type CollectorProcess, startCollector } from './collector-process.ts';
import { test as base } from './console-watch.ts';
import { sendOtlp } from './send-otlp.ts';

/** A collector a worker, with these records, of the service `reports`, the newest first and a millisecond apart. */
export function testWithLogs(records: readonly Readonly<Record<string, unknown>>[]) {
  return base.extend<object, { readonly collector: CollectorProcess }>({
    collector: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs
      async ({}, use) => {
        const collector = await startCollector();
        const now = BigInt(Date.now()) * 1_000_000n;
        const logRecords = records.map((record, index) => ({
          timeUnixNano: String(now - BigInt(index) * 1_000_000n),
          severityNumber: 9,
          ...record,
        }));
        const attributes = [
          { key: 'service.name', value: { stringValue: 'reports' } },
          { key: 'service.instance.id', value: { stringValue: 'reports-1' } },
        ];
        await sendOtlp(collector.otlpHttp, 'logs', { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }] });
        await collector.hasStored();
        await use(collector);
        await collector.stop();
      },
      { scope: 'worker', timeout: 120_000 },
    ],
    baseURL: async ({ collector }, use) => use(collector.ui),
  });
}
