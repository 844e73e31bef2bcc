import { patchWinston } from '../logs/winston-patch.ts';
import { ModuleHook } from './module-hook.ts';

/** Ids on every record of every winston 3 logger, and each record as an OTLP log. */
export function createWinstonInstrumentation(): ModuleHook {
  return new ModuleHook({ module: 'winston', versions: ['>=3.0.0 <4'], patch: patchWinston });
}
