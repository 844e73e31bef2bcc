import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';
import { expectedLogs, expectedSpans, LANGUAGES, sortKeyValues, TRACE_ID } from './expected-scenario.ts';
import { readBack } from './read-back.ts';

/** Bodies captured from other languages' own exporters (senders/README.md), through the real process and back through its API. */
describe('bodies of other languages’ exporters', () => {
  let collector: RunningCollector;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeAll(async () => {
    directory = await temporaryDirectory();
    collector = await startCollector(directory.path);
  }, 60_000);
  afterAll(async () => {
    await collector?.end('SIGTERM');
    await directory.remove();
  });

  it.each(LANGUAGES)('come back field by field as $name sent them', async (language) => {
    for (const signal of ['traces', 'logs']) {
      for (const number of [1, 2]) {
        const body = await readFile(new URL(`payloads/${language.name}-${signal}-${number}.bin`, import.meta.url));
        const response = await fetch(`${collector.otlpHttp}/v1/${signal}`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-protobuf' },
          body,
        });
        expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 0]);
      }
    }
    const { spans, logs } = await readBack(collector.ui, `conformance-${language.name}`, TRACE_ID);
    const comparable = language.attributesAreSets ? sortKeyValues : <T>(value: T) => value;
    expect(comparable(spans)).toEqual(comparable(expectedSpans(language)));
    expect(comparable(logs)).toEqual(comparable(expectedLogs(language)));
  });
});
