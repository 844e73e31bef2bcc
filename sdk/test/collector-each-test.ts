import { afterEach, beforeEach } from 'vitest';
import { killApps } from './app-process.ts';
import { type ScriptedCollector, startCollector } from './scripted-collector.ts';

/** Whoever imports it has another one in each test of the file, after which it is closed and all apps are ended. */
export let collector: ScriptedCollector;

beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await killApps();
  await collector.close();
});
