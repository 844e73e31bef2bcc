import type { Agent } from 'node:http';

/**
 * An HTTP(S) agent for exports. Its sockets never keep a process alive, and a connection that fails is reported with a
 * code that the OTLP exporter does not retry itself: its retries would hold the process for seconds, ours do not.
 */
export async function createExportAgent(protocol: string): Promise<Agent> {
  // Loaded late, so that the HTTP instrumentation has seen the module first.
  const { Agent } = protocol === 'https:' ? await import('node:https') : await import('node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const { createConnection, reuseSocket } = agent;
  agent.createConnection = (options, callback) => {
    const socket = createConnection.call(agent, options, callback);
    if (socket !== null && socket !== undefined) {
      if ('unref' in socket && typeof socket.unref === 'function') socket.unref();
      socket.prependListener('error', hideFromExporter);
    }
    return socket;
  };
  agent.reuseSocket = (socket, request) => {
    reuseSocket.call(agent, socket, request);
    if ('unref' in socket && typeof socket.unref === 'function') socket.unref();
  };
  return agent;
}

function hideFromExporter(error: Error): void {
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string') Reflect.set(error, 'code', `COLLECTOR_${code}`);
}
