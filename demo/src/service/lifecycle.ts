import type { Logger } from 'winston';

/** How long requests under way may take once the service is asked to stop. */
const DRAIN_MILLIS = 3_000;

interface Announcement {
  readonly service: string;
  readonly url: string;
  readonly logger: Logger;
}

/** Tells whoever started this process where it listens: the runner by message, a person by the log. */
export function announce({ service, url, logger }: Announcement): void {
  logger.info('listening', { url });
  process.send?.({ service, url });
}

/** Ends the process because its port cannot be had, and tells whoever started it which one that is. */
export function failToListen({ service, error, logger }: { service: string; error: Error; logger: Logger }): void {
  logger.error('cannot listen', error);
  process.exitCode = 1;
  if (process.send) process.send({ service, problem: error.message }, () => process.exit());
  else process.exit();
}

/** Stops in order on SIGTERM or SIGINT: no new requests, those under way answered, then the database closed by `stop`. */
export function stopOnSignal(logger: Logger, stop: () => Promise<void> | void): void {
  let stopping = false;
  const onSignal = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info('stopping', { signal });
    setTimeout(() => process.exit(0), DRAIN_MILLIS).unref();
    try {
      await stop();
    } catch (error) {
      logger.error('could not stop in order', error);
      process.exitCode = 1;
    }
    if (process.connected) process.disconnect();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // The runner is gone, killed perhaps: without it nobody would ever stop this process.
  process.on('disconnect', () => void onSignal('SIGTERM'));
}
