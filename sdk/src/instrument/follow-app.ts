import { registerInstrumentations } from '@opentelemetry/instrumentation';
import type { Config } from '../config.ts';
import { traceHttpClients } from '../http/http-client.ts';
import { traceHttpServers } from '../http/http-server.ts';
import { captureConsole } from '../logs/console-capture.ts';
import { setExceptionSignal } from '../traces/record-exception.ts';
import { createExpressInstrumentation } from './express.ts';
import { createGrpcInstrumentation } from './grpc.ts';
import { followIntervals } from './intervals.ts';
import { createLibraryHooks } from './library-hooks.ts';
import { registerLoaderHooks } from './loader-hooks.ts';
import { traceUndici } from './undici.ts';
import { nameUnseenLibraries } from './unseen-libraries.ts';
import { createWinstonInstrumentation } from './winston.ts';
import { followWorkers } from './workers.ts';

/** Lets imports that come later be seen, and changes the libraries that are known when they are loaded. Must come before the app's first import. */
export function followLibraries(config: Config, write: (line: string) => void): void {
  registerLoaderHooks();
  const hooks = [
    createExpressInstrumentation(),
    createGrpcInstrumentation(),
    createWinstonInstrumentation(config.logs),
    ...createLibraryHooks({ messaging: config, redisChannels: config.redisChannels, redisLists: config.redisLists }),
  ];
  nameUnseenLibraries(hooks, write);
  registerInstrumentations({ instrumentations: hooks });
}

/** Follows what Node itself has. To be called when the globals are set; returns what ends it, as far as it can be ended. */
export function followNode(config: Config): () => void {
  followIntervals();
  followWorkers();
  traceHttpServers(config.correlationHeaders[0]);
  const stops = [traceHttpClients(), traceUndici()];
  setExceptionSignal(config.logs.exceptionSignal);
  if (config.logs.capturesConsole) stops.push(captureConsole());
  return () => {
    for (const stop of stops) stop();
  };
}
