import { directoryBytes } from '../process-figures.ts';
import { askJaegerApi } from './jaeger-queries.ts';
import { freePorts, startPeer } from './peer-process.ts';
import type { ServerKind } from './server.ts';

/** VictoriaTraces with its default settings but for the age of what it keeps: the load's times are fixed. */
export function victoriaTraces(binary: string, version: string): ServerKind {
  return {
    name: 'VictoriaTraces',
    version,
    signals: ['spans'],
    async start(directory) {
      const [port] = await freePorts(1);
      const url = `http://127.0.0.1:${port}`;
      const args = [`-storageDataPath=${directory}/data`, `-httpListenAddr=127.0.0.1:${port}`];
      const peer = await startPeer(binary, [...args, '-retentionPeriod=100y', '-futureRetention=100y'], {
        directory,
        readyUrl: `${url}/health`,
      });
      return {
        ...peer,
        ingestUrls: { spans: `${url}/insert/opentelemetry/v1/traces` },
        // It has no dependencies: that route answers with an empty list.
        ask: (question, sample) => (question === 'dependencies' ? undefined : askJaegerApi(`${url}/select/jaeger/api`, question, sample)),
        findWord: () => undefined,
        storedBytes: () => directoryBytes(`${directory}/data`),
      };
    },
  };
}
