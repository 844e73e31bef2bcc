import { type Environment, readText } from './settings.ts';

/** What PM2 runs in the place of an app, and which loads it then. */
const PM2_CONTAINER = /[\\/]pm2[\\/]lib[\\/]ProcessContainer\w*\.js$/;

/** What a process was started to run. */
export interface Entry {
  /** Undefined for code of the command line or of standard input. */
  readonly script: string | undefined;
  /** What a manager of processes calls the app. */
  readonly managedName: string | undefined;
}

/** Node's script, and under PM2 the app's: there Node's is PM2's own, and the environment has the app's path and name. */
export function findEntry(script: string | undefined = process.argv[1], environment: Environment = process.env): Entry {
  if (!isPm2(script)) return { script, managedName: undefined };
  return { script: readText(environment, 'pm_exec_path') ?? script, managedName: readText(environment, 'name') };
}

/**
 * In PM2's cluster mode all that an app is given, settings too, is JSON in one variable until PM2's script has run. Puts it into the
 * environment as PM2 does a moment later. Without effect anywhere else.
 */
export function takePm2Environment(script: string | undefined = process.argv[1], environment: NodeJS.ProcessEnv = process.env): void {
  if (environment.pm2_env === undefined || !isPm2(script)) return;
  for (const [name, value] of Object.entries(parseObject(environment.pm2_env))) if (typeof value === 'string') environment[name] = value;
}

function isPm2(script: string | undefined): boolean {
  return script !== undefined && PM2_CONTAINER.test(script);
}

function parseObject(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
