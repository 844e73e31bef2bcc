import { HttpClient } from './http-client.ts';
import type { Sample, SpanSample } from './samples.ts';
import type { RunningServer } from './servers/server.ts';

const NANOS_PER_MINUTE = 60_000_000_000n;
/** Where in the range of times: nowhere near an end, so that no question has luck. */
const SHARES = [13n, 31n, 47n, 68n, 89n];

interface Found {
  readonly records?: readonly FoundRecord[];
}

interface FoundRecord {
  readonly timeUnixNano: string;
  readonly traceId: string;
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly Attribute[];
  readonly resource: { readonly attributes: readonly Attribute[] };
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

/** Reads from a Threadline with the load in it what the questions are about: it finds what was loaded, whoever loaded it. */
export async function chooseSamples({ threadlineApi: api = '' }: RunningServer): Promise<Sample[]> {
  const client = new HttpClient(1);
  const oldest = await oneLog(client, api, { order: 'asc' });
  const newest = await oneLog(client, api, { order: 'desc' });
  const range = {
    fromNanos: (BigInt(oldest.timeUnixNano) / NANOS_PER_MINUTE) * NANOS_PER_MINUTE,
    toNanos: (BigInt(newest.timeUnixNano) / NANOS_PER_MINUTE + 1n) * NANOS_PER_MINUTE,
  };
  const samples: Sample[] = [];
  for (const share of SHARES) {
    const at = BigInt(oldest.timeUnixNano) + ((BigInt(newest.timeUnixNano) - BigInt(oldest.timeUnixNano)) * share) / 100n;
    const log = await oneLog(client, api, { order: 'desc', to: new Date(Number(at / 1_000_000n)).toISOString() });
    samples.push({
      range,
      service: attributeText(log.resource.attributes, 'service.name'),
      uuid: log.body.stringValue.split(' ')[1] ?? '',
      correlationId: attributeText(log.attributes, 'correlation.id'),
      logTraceId: log.traceId,
      span: await oneSpan(client, api, samples.length),
    });
  }
  client.close();
  return samples;
}

/** Everything that the server has. */
export async function countRecords({ threadlineApi: api = '' }: RunningServer): Promise<{ logs: number; spans: number }> {
  const client = new HttpClient(1);
  const { services }: { readonly services: readonly { readonly logCount: number; readonly spanCount: number }[] } = await getJson(
    client,
    `${api}/api/v1/services`,
  );
  client.close();
  return services.reduce((sum, { logCount, spanCount }) => ({ logs: sum.logs + logCount, spans: sum.spans + spanCount }), {
    logs: 0,
    spans: 0,
  });
}

/** Only logs of the load: probes have no correlation ID. */
async function oneLog(client: HttpClient, api: string, parameters: Record<string, string>): Promise<FoundRecord> {
  const all = { query: 'correlationId:*', from: '1970-01-01T00:00:00Z', to: 'now', limit: '1', ...parameters };
  const { records = [] }: Found = await getJson(client, `${api}/api/v1/logs?${new URLSearchParams(all)}`);
  const [record] = records;
  if (record === undefined) throw new Error('there are no logs of the load in this data');
  return record;
}

/** The newest traces' roots are in one service after the other. */
async function oneSpan(client: HttpClient, api: string, index: number): Promise<SpanSample | undefined> {
  const parameters = { query: 'root:true', from: '1970-01-01T00:00:00Z', to: 'now', limit: String(index * 7 + 1) };
  const found: { readonly traces: readonly { readonly traceId: string; readonly rootService: string; readonly rootOperation: string }[] } =
    await getJson(client, `${api}/api/v1/traces?${new URLSearchParams(parameters)}`);
  const trace = found.traces.at(-1);
  return trace && { traceId: trace.traceId, service: trace.rootService, name: trace.rootOperation };
}

function attributeText(attributes: readonly Attribute[], key: string): string {
  return attributes.find((attribute) => attribute.key === key)?.value.stringValue ?? '';
}

async function getJson<T>(client: HttpClient, url: string): Promise<T> {
  const answer = await client.send({ url });
  if (answer.status !== 200) throw new Error(`${url} was answered with ${answer.status}: ${answer.text.slice(0, 500)}`);
  return JSON.parse(answer.text);
}
