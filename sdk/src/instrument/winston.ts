import { silenceWinstonConsole } from '../logs/console-capture.ts';
import type { LogsConfig } from '../logs/logs-config.ts';
import { configureWinston, patchWinston } from '../logs/winston-patch.ts';
import type { ModuleHook } from './module-hook.ts';

/** Ids on every record of every winston 3 logger, and each record as an OTLP log. */
export function createWinstonInstrumentation(config: LogsConfig): ModuleHook {
  return {
    module: 'winston',
    versions: { least: '3.0.0', below: 4 },
    patch(winston) {
      configureWinston(config);
      patchWinston(winston);
      if (config.capturesConsole) silenceWinstonConsole(winston);
    },
  };
}
