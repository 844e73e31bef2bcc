import { fileURLToPath } from 'node:url';

/** How a process is told to load the SDK: as a package, or as a file. */
const REGISTER_FILE = new URL('../register.js', import.meta.url);
const REGISTER_NAMES = ['@threadline/sdk/register', REGISTER_FILE.href, fileURLToPath(REGISTER_FILE)];

/** Whether a process or a thread that is started with these flags, in this environment, loads the SDK. */
export function loadsSdk(flags: readonly unknown[], environment: object): boolean {
  if (/^true$/i.test(String(Reflect.get(environment, 'OTEL_SDK_DISABLED') ?? ''))) return false;
  const told = [...flags, Reflect.get(environment, 'NODE_OPTIONS') ?? ''].join(' ');
  return REGISTER_NAMES.some((name) => told.includes(name));
}
