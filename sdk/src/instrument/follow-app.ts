import type { Config } from '../config.ts';
import { traceHttpClients } from '../http/http-client.ts';
import { traceHttpServers } from '../http/http-server.ts';
import { captureConsole } from '../logs/console-capture.ts';
import { setExceptionSignal } from '../traces/record-exception.ts';
import { followChildProcesses } from './child-processes.ts';
import { createUnseenReports } from './emit-unseen.ts';
import { createExpressInstrumentation } from './express.ts';
import { traceFastify } from './fastify.ts';
import { createGrpcInstrumentation } from './grpc.ts';
import { followIntervals } from './intervals.ts';
import { createLibraryHooks } from './library-hooks.ts';
import type { ModuleHook } from './module-hook.ts';
import { followModules } from './module-loads.ts';
import { followParentProcess } from './parent-process.ts';
import { traceUndici } from './undici.ts';
import { nameUnseenLibraries } from './unseen-libraries.ts';
import { createWinstonInstrumentation } from './winston.ts';
import { followWorkers } from './workers.ts';

/**
 * Lets imports that come later be seen, and changes the libraries that are known when they are loaded. Must come before the app's first import. Returns what tells
 * the collector of those that are not followed, to be called when there is a logger provider.
 */
export function followLibraries(config: Config, write: (line: string) => void): () => void {
  const hooks = createHooks(config);
  const unseen = createUnseenReports();
  followModules(hooks, nameUnseenLibraries(hooks, { write, report: unseen.report }));
  return unseen.open;
}

/** All libraries that are known. */
export function createHooks(config: Config): readonly ModuleHook[] {
  return [
    createExpressInstrumentation(),
    createGrpcInstrumentation(),
    createWinstonInstrumentation(config.logs),
    ...createLibraryHooks({ messaging: config, logs: config.logs, redisChannels: config.redisChannels, redisLists: config.redisLists }),
  ];
}

/** Follows what Node itself has. To be called when the globals are set; returns what ends it, as far as it can be ended. */
export function followNode(config: Config, createFlowId: () => string): () => void {
  followIntervals(createFlowId);
  followWorkers();
  followParentProcess();
  followChildProcesses();
  traceHttpServers(config.correlationHeaders[0]);
  const stops = [traceHttpClients(), traceUndici(), traceFastify()];
  setExceptionSignal(config.logs.exceptionSignal);
  if (config.logs.capturesConsole) stops.push(captureConsole());
  return () => {
    for (const stop of stops) stop();
  };
}
