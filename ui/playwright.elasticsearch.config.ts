import { defineConfig } from '@playwright/test';
import embedded from './playwright.config.ts';

/** One of each view, which is what fits into a change's test; the others are asked for by name. */
const MAIN_VIEWS = /\/(logs|fields|traces|trace-search|flows|flow-views|services|errors|status)\.spec\.ts$/;

/** Single tests of other views whose answers each storage gives in a way of its own. */
const MARKED = /@elasticsearch/;

/** The same tests in front of collectors that keep their records in a real Elasticsearch. */
export default defineConfig({
  ...embedded,
  outputDir: '../test-results/ui-elasticsearch',
  globalSetup: './e2e/elasticsearch-node.ts',
  projects: [
    { name: 'main', testMatch: MAIN_VIEWS },
    { name: 'main-marked', testIgnore: MAIN_VIEWS, grep: MARKED },
    { name: 'rest', testIgnore: MAIN_VIEWS, grepInvert: MARKED },
  ],
});
