import { fileURLToPath } from 'node:url';

/** How a process is told to load the SDK: as a package, or as a file. */
const REGISTER_FILE = new URL('../register.js', import.meta.url);
const REGISTER_NAMES = ['@threadline/sdk/register', REGISTER_FILE.href, fileURLToPath(REGISTER_FILE)];

/** What decides it of a process or a thread. */
interface Start {
  readonly flags: readonly unknown[];
  readonly nodeOptions: unknown;
  readonly isDisabled: unknown;
}

/** Whether what is started with these flags loads the SDK. */
export function loadsSdk({ flags, nodeOptions, isDisabled }: Start): boolean {
  if (/^true$/i.test(String(isDisabled ?? ''))) return false;
  const told = [...flags, nodeOptions ?? ''].join(' ');
  return REGISTER_NAMES.some((name) => told.includes(name));
}
