import { Agent, request } from 'node:http';

const TICK_MILLIS = 20;

/** Requests at a steady rate, each with a number of its own from 1. */
export interface SteadyLoad {
  /** How many were sent; all of them were answered once `stop` has resolved. */
  readonly count: number;
  /** Rejects when a request failed. */
  stop(): Promise<void>;
}

/** Sends `perSecond` requests a second to `<url>/orders/<number>`; what a slow machine missed it makes up for. */
export function startLoad(url: string, perSecond: number): SteadyLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const started = performance.now();
  const underWay = new Set<Promise<void>>();
  let count = 0;
  let failure: unknown;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1000) * perSecond);
    while (count < due) {
      count += 1;
      const sent = send(`${url}/orders/${count}`, agent).catch((error: unknown) => {
        failure ??= error;
      });
      underWay.add(sent);
      void sent.then(() => underWay.delete(sent));
    }
  }, TICK_MILLIS);
  return {
    get count() {
      return count;
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
      if (failure !== undefined) throw failure;
    },
  };
}

function send(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume().on('end', resolve).on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}
