import type { Connection } from './connection.ts';
import { ALL_DATA_STREAMS, VERSION_IN_MAPPING } from './index-template.ts';

export interface DataStream {
  readonly name: string;
  /** Oldest first; the last one is written to. */
  readonly indices: readonly BackingIndex[];
}

export interface BackingIndex {
  readonly name: string;
  /** Unix milliseconds. */
  readonly createdMillis: number;
  /** Of the template that made it; 0 where it does not say. */
  readonly templateVersion: number;
  /** Made by somebody else's template: it says no version, and has not the fields that those before it had. */
  readonly isForeign: boolean;
}

/** All data streams of the collector's, of every tenant. Needs no API beyond the server's core. */
export async function readDataStreams(connection: Connection, signal: AbortSignal | undefined): Promise<DataStream[]> {
  const options = { method: 'GET', acceptedStatuses: [404], ...(signal && { signal }) } as const;
  const resolved = await connection.request({ ...options, path: `/_resolve/index/${ALL_DATA_STREAMS}` });
  const found: { readonly data_streams?: readonly { readonly name: string; readonly backing_indices: readonly string[] }[] } = Object(
    resolved.body,
  );
  const dataStreams = found.data_streams ?? [];
  if (dataStreams.length === 0) return [];
  const { body } = await connection.request({
    ...options,
    path: `/${ALL_DATA_STREAMS}`,
    parameters: {
      features: 'settings,mappings',
      filter_path: `*.settings.index.creation_date,*.mappings._meta.${VERSION_IN_MAPPING},*.mappings.properties.recordId.type`,
    },
  });
  const indices: Readonly<Record<string, IndexAnswer>> = Object(body);
  return dataStreams.map(({ name, backing_indices }) => ({
    name,
    // One that is not there any more is no part of it either.
    indices: [backing_indices].flat().flatMap((index) => describeIndex(index, indices[index])),
  }));
}

interface IndexAnswer {
  readonly settings?: { readonly index?: { readonly creation_date?: unknown } };
  readonly mappings?: {
    readonly _meta?: Readonly<Record<string, unknown>>;
    readonly properties?: { readonly recordId?: { readonly type?: unknown } };
  };
}

function describeIndex(name: string, answer: IndexAnswer | undefined): BackingIndex[] {
  const createdMillis = Number(answer?.settings?.index?.creation_date);
  if (!Number.isFinite(createdMillis)) return [];
  const version = answer?.mappings?._meta?.[VERSION_IN_MAPPING];
  const templateVersion = typeof version === 'number' ? version : 0;
  const isForeign = templateVersion === 0 && answer?.mappings?.properties?.recordId?.type !== 'keyword';
  return [{ name, createdMillis, templateVersion, isForeign }];
}
