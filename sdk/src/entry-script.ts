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
  if (script === undefined || !PM2_CONTAINER.test(script)) return { script, managedName: undefined };
  const said = { ...environment, ...readClusterEnvironment(environment) };
  return { script: readText(said, 'pm_exec_path') ?? script, managedName: readText(said, 'name') };
}

/** In cluster mode all of it is one variable until PM2's script has run. */
function readClusterEnvironment(environment: Environment): Environment {
  try {
    const parsed: unknown = JSON.parse(environment.pm2_env ?? '{}');
    return Object.fromEntries(Object.entries(Object(parsed)).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  } catch {
    return {};
  }
}
