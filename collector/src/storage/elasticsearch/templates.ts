import type { ClusterFacts } from './cluster-facts.ts';
import { type Connection, RequestRefusedError, unavailable } from './connection.ts';
import { readDataStreams } from './data-streams.ts';
import {
  figuresTemplate,
  indexTemplate,
  retentionText,
  SIGNALS,
  TEMPLATE_PRIORITY,
  TEMPLATE_VERSION,
  type TemplateOptions,
} from './index-template.ts';

/**
 * Puts the templates of both signals and of the figures in place, where they are older than this collector's or made for other settings; a template of a newer
 * collector stays. Data streams that are there already get the retention, and where their newest index was made by an older template, a new index
 * with the next write. Safe to repeat and to do from several collectors at once.
 */
export async function installTemplates(connection: Connection, options: TemplateOptions, signal?: AbortSignal): Promise<void> {
  const templates = [
    ...SIGNALS.map((name) => ({ name, template: indexTemplate(name, options) })),
    { name: 'figures', template: figuresTemplate(options) },
  ];
  await Promise.all(templates.map((template) => installTemplate(connection, { ...template, options, signal })));
}

/** Brings the data streams that are there up to the templates. */
export async function upgradeDataStreams(
  connection: Connection,
  { facts, templates: { lifecycle } }: { readonly facts: ClusterFacts; readonly templates: TemplateOptions },
  signal?: AbortSignal,
): Promise<void> {
  const dataStreams = await readDataStreams(connection, signal);
  for (const { name, indices } of dataStreams) {
    const path = `/${name}/_rollover`;
    const newest = indices.at(-1);
    if (newest !== undefined && newest.templateVersion < TEMPLATE_VERSION) {
      // Lazily, several collectors that say so make one new index all the same; 8.19 without the module forgets it, and then each makes one.
      await connection.request({
        method: 'POST',
        path,
        parameters: { lazy: facts.hasLifecycle },
        acceptedStatuses: [404],
        ...(signal && { signal }),
      });
    }
  }
  if (lifecycle === undefined || !('retentionDays' in lifecycle) || dataStreams.length === 0) return;
  await connection.request({
    method: 'PUT',
    path: `/_data_stream/${dataStreams.map(({ name }) => name).join(',')}/_lifecycle`,
    body: { data_retention: retentionText(lifecycle.retentionDays) },
    // One of them was deleted meanwhile: the next start does it.
    acceptedStatuses: [404],
    ...(signal && { signal }),
  });
}

interface Installation {
  readonly name: string;
  readonly template: object;
  readonly options: TemplateOptions;
  readonly signal: AbortSignal | undefined;
}

async function installTemplate(connection: Connection, { name, template, options, signal }: Installation): Promise<void> {
  const path = `/_index_template/threadline-${name}`;
  const there = await connection.request({ method: 'GET', path, acceptedStatuses: [404], ...(signal && { signal }) });
  const { version, madeFor } = installedTemplate(there.body);
  if (version > TEMPLATE_VERSION || (version === TEMPLATE_VERSION && madeFor === JSON.stringify(options))) return;
  try {
    await connection.request({ method: 'PUT', path, body: template, ...(signal && { signal }) });
  } catch (error) {
    if (!(error instanceof RequestRefusedError)) throw error;
    throw unavailable(
      `Elasticsearch at ${connection.url} refused the index template threadline-${name} (${error.type}): ` +
        `is there another template for the same indices with priority ${TEMPLATE_PRIORITY}, or a policy that it does not know?`,
      error,
    );
  }
}

function installedTemplate(body: unknown): { readonly version: number; readonly madeFor: unknown } {
  const parsed: {
    readonly index_templates?: readonly {
      readonly index_template?: { readonly version?: unknown; readonly _meta?: { readonly madeFor?: unknown } };
    }[];
  } = Object(body);
  const template = parsed.index_templates?.[0]?.index_template;
  return { version: typeof template?.version === 'number' ? template.version : 0, madeFor: template?._meta?.madeFor };
}
