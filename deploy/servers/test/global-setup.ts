import type { TestProject } from 'vitest/node';
import { ensureServers } from '../install.mjs';
import { SERVER_NAMES } from './server-names.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What to install, by the name of the server that is not there. */
    missingServers: Readonly<Record<string, string>>;
  }
}

/** Installs what this machine allows; the suites skip the rest by name. */
export default async function setup(project: TestProject): Promise<void> {
  const { missing } = await ensureServers(SERVER_NAMES, (line) => console.log(line));
  project.provide('missingServers', Object.fromEntries(missing));
}
