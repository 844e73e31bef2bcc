import { defineConfig } from '@playwright/test';
import embedded from './playwright.config.ts';

/** Tests whose answers each storage gives in a way of its own: they run with each change. The others are asked for by name. */
const TAGGED = /@elasticsearch/;

/** The same tests in front of collectors that keep their records in a real Elasticsearch. */
export default defineConfig({
  ...embedded,
  outputDir: '../test-results/ui-elasticsearch',
  globalSetup: './e2e/elasticsearch-node.ts',
  projects: [
    { name: 'tagged', grep: TAGGED },
    { name: 'rest', grepInvert: TAGGED },
  ],
});
