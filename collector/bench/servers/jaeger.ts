import { mkdir, writeFile } from 'node:fs/promises';
import { directoryBytes } from '../process-figures.ts';
import { askJaegerApi } from './jaeger-queries.ts';
import { freePorts, startPeer } from './peer-process.ts';
import type { ServerKind } from './server.ts';

/** Jaeger 2 with badger on disk, as its own example configures it but for the age of what it keeps: the load's times are fixed. */
export function jaeger(binary: string, version: string): ServerKind {
  return {
    name: 'Jaeger (badger)',
    version,
    signals: ['spans'],
    async start(directory) {
      const [otlp = 0, query = 0, grpc = 0] = await freePorts(3);
      const configFile = `${directory}/config.yaml`;
      await mkdir(`${directory}/data`, { recursive: true });
      await writeFile(configFile, configuration(`${directory}/data`, { otlp, query, grpc }));
      const api = `http://127.0.0.1:${query}/api`;
      const peer = await startPeer(binary, ['--config', configFile], { directory, readyUrl: `${api}/services` });
      return {
        ...peer,
        ingestUrls: { spans: `http://127.0.0.1:${otlp}/v1/traces` },
        ask: (question, sample) => askJaegerApi(api, question, sample),
        findWord: () => undefined,
        storedBytes: () => directoryBytes(`${directory}/data`),
      };
    },
  };
}

function configuration(data: string, ports: { readonly otlp: number; readonly query: number; readonly grpc: number }): string {
  return `
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: { receivers: [otlp], processors: [batch], exporters: [jaeger_storage_exporter] }
  telemetry: { metrics: { level: none }, logs: { level: warn } }
extensions:
  jaeger_query:
    storage: { traces: main }
    http: { endpoint: "127.0.0.1:${ports.query}" }
    grpc: { endpoint: "127.0.0.1:${ports.grpc}" }
  jaeger_storage:
    backends:
      main:
        badger:
          ephemeral: false
          directories: { keys: "${data}/keys", values: "${data}/values" }
          ttl: { spans: 87600h }
receivers:
  otlp: { protocols: { http: { endpoint: "127.0.0.1:${ports.otlp}" } } }
processors: { batch: {} }
exporters: { jaeger_storage_exporter: { trace_storage: main } }
`;
}
