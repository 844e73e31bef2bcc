import { expect, it } from 'vitest';
import { findBundledLibraries } from '../../src/instrument/bundled-libraries.ts';
import { codeOf } from '../../src/instrument/package-code.test-support.ts';
import { startApp } from '../app-process.ts';
import { collector } from '../collector-each-test.ts';
import { confluentKafkaFolder, LIBRARY } from './library.ts';

it('is known in a bundle by a text of its own, and by none of another', () => {
  expect(findBundledLibraries(codeOf(LIBRARY, confluentKafkaFolder()))).toEqual([LIBRARY]);
});

it('is named where it was loaded before the SDK', async () => {
  const app = startApp({
    script: 'confluent-kafka-first.cjs',
    register: false,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, CONFLUENT_KAFKA_FOLDER: confluentKafkaFolder() },
  });
  expect(await app.ended()).toMatchObject({ code: 0 });
  expect(app.stderr()).toContain(`loaded before the SDK, so that they may not be followed: ${LIBRARY};`);
});
