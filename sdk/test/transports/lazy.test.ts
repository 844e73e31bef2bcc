import { afterEach, expect, it } from 'vitest';
import { killApps, startApp } from '../app-process.ts';

afterEach(killApps);

it('loads what follows a library when the app loads the library, and not before', async () => {
  const app = startApp({
    script: 'transports/lazy.mjs',
    register: false,
    env: { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  });
  const { before, afterPg, afterBullmq } = await app.ready();
  // Of the bundle `core/sdk` is what every service has; the other files of `core` are what several libraries share.
  const libraries = /^(database|redis)\/|^messaging\/(amqp|kafka|sqs|bullmq)|^core\/(?!sdk$)/;
  const partsOf = (value: unknown): unknown[] => (Array.isArray(value) ? value.filter((part) => libraries.test(String(part))) : []);
  expect(partsOf(before)).toEqual([]);
  expect(partsOf(afterPg)).toEqual(expect.arrayContaining(['database/pg', 'core/sql-text']));
  expect(partsOf(afterPg)).not.toContain('messaging/bullmq');
  expect(partsOf(afterBullmq)).toContain('messaging/bullmq');
  expect(partsOf(afterBullmq)).not.toContain('messaging/sqs');
});
