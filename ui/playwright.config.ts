import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGUMENTS } from './chromium-arguments.ts';

/** What takes long and is hardly ever broken alone: every width of every page, the pictures of the docs. It is asked for by name (`--part browser-audit`). */
const AUDIT = /@audit/;

/** The built UI in the built collector, in Debian's Chromium. `CHROMIUM_PATH` names another one. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: '../test-results/ui',
  // Each worker has a collector of its own; two keep both cores of a small machine busy.
  workers: 2,
  timeout: 60_000,
  // A busy machine draws late; a quiet one does not wait.
  expect: { timeout: 20_000 },
  reporter: [['list']],
  forbidOnly: true,
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    timezoneId: 'Asia/Seoul',
    colorScheme: 'light',
    permissions: ['clipboard-read', 'clipboard-write'],
    trace: 'off',
    launchOptions: { executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: [...CHROMIUM_ARGUMENTS] },
  },
  projects: [
    { name: 'each', grepInvert: AUDIT },
    { name: 'audit', grep: AUDIT },
  ],
});
