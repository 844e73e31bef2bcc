import { ThreadlineError } from '../../errors.ts';
import { MAX_TERM_TEXT_LENGTH } from './attribute-terms.ts';
import { KEYWORD_COLUMNS, PLACES } from './columns.ts';
import { type Connection, RequestRefusedError, unavailable } from './connection.ts';

/** Raised with every change of a template, so that an older collector does not undo a newer one's. */
export const TEMPLATE_VERSION = 2;
/** Above the templates that Elasticsearch brings for `logs-*-*` and `traces-*-*` (100). */
const TEMPLATE_PRIORITY = 500;
/** What was written is found after this long, whoever reads; stated in the index, it also keeps Elasticsearch from letting an idle index lie. */
const REFRESH_INTERVAL = '500ms';
/** Most fields of one index, typed attributes among them. Further keys are answered from `keys`, `pairs` and `numbers` like all others. */
const TOTAL_FIELDS_LIMIT = 1_000;

const SIGNALS = ['logs', 'traces'] as const;
export type Signal = (typeof SIGNALS)[number];

/** `tenant` has no dash, so that the name splits in one way only. */
export function dataStreamOf(signal: Signal, tenant: string): string {
  if (!/^[a-z0-9_]{1,100}$/.test(tenant)) {
    throw new ThreadlineError('invalid_argument', 'a tenant is a word of a-z, 0-9 and _, at most 100 long', { field: 'tenant' });
  }
  return `${signal}-threadline-${tenant}`;
}

/**
 * Puts the templates of both signals in place. Safe to repeat and to do from several collectors at once; a template of a
 * newer collector stays.
 */
export async function installTemplates(connection: Connection, signal?: AbortSignal): Promise<void> {
  await Promise.all(SIGNALS.map((name) => installTemplate(connection, name, signal)));
}

async function installTemplate(connection: Connection, name: Signal, signal: AbortSignal | undefined): Promise<void> {
  const path = `/_index_template/threadline-${name}`;
  const options = signal ? { signal } : {};
  const there = await connection.request({ method: 'GET', path, acceptedStatuses: [404], ...options });
  if ((installedVersion(there.body) ?? 0) >= TEMPLATE_VERSION) return;
  try {
    await connection.request({ method: 'PUT', path, body: indexTemplate(name), ...options });
  } catch (error) {
    if (!(error instanceof RequestRefusedError)) throw error;
    throw unavailable(
      `Elasticsearch at ${connection.url} refused the index template threadline-${name} (${error.type}): ` +
        `is there another template for ${name}-threadline-* with priority ${TEMPLATE_PRIORITY}?`,
      error,
    );
  }
}

function installedVersion(body: unknown): number | undefined {
  const parsed: { readonly index_templates?: readonly { readonly index_template?: { readonly version?: unknown } }[] } = Object(body);
  const version = parsed.index_templates?.[0]?.index_template?.version;
  return typeof version === 'number' ? version : undefined;
}

/**
 * The template of one signal's data streams.
 *
 *     @timestamp, sequence, recordId       the order of everything
 *     message                              text, Lucene's standard analyzer (words as docs/query-language.md cuts them)
 *     service, traceId, name, …            keywords, one a record field (columns.ts)
 *     <place>.keys|pairs|numbers           every attribute of that place as terms (attribute-terms.ts)
 *     <place>.string|long|double|boolean   the same by type under their own names, for aggregations and other tools
 *     hashed                               fields and keys with a value too long for a term
 *     record                               the exact record; not looked into
 */
export function indexTemplate(signal: Signal): object {
  return {
    index_patterns: [`${signal}-threadline-*`],
    priority: TEMPLATE_PRIORITY,
    version: TEMPLATE_VERSION,
    data_stream: {},
    _meta: { description: 'Written by the Threadline collector at its start' },
    template: {
      settings: {
        'index.number_of_shards': 1,
        'index.auto_expand_replicas': '0-1',
        'index.refresh_interval': REFRESH_INTERVAL,
        'index.mapping.total_fields.limit': TOTAL_FIELDS_LIMIT,
        'index.mapping.total_fields.ignore_dynamic_beyond_limit': true,
      },
      mappings: {
        dynamic: false,
        date_detection: false,
        numeric_detection: false,
        dynamic_templates: dynamicTemplates(),
        properties: {
          '@timestamp': { type: 'date_nanos' },
          sequence: { type: 'long' },
          recordId: { type: 'keyword' },
          timeClamped: { type: 'boolean' },
          indexReduced: { type: 'boolean' },
          hashed: { type: 'keyword', doc_values: false },
          message: { type: 'text', norms: false },
          hasMessage: { type: 'boolean' },
          ...(signal === 'logs'
            ? { level: { type: 'keyword' }, observedTime: { type: 'long' } }
            : {
                durationNanos: { type: 'long' },
                endNanos: { type: 'long' },
                kindNumber: { type: 'long' },
                isRoot: { type: 'boolean' },
                isError: { type: 'boolean' },
              }),
          ...Object.fromEntries(Object.values(KEYWORD_COLUMNS).map((field) => [field, { type: 'keyword' }])),
          ...Object.fromEntries(PLACES.map((place) => [place, placeMapping()])),
          record: { type: 'object', enabled: false },
        },
      },
    },
  };
}

function placeMapping(): object {
  const terms = { type: 'keyword', doc_values: false };
  // Few, and counted when a list of fields is asked for.
  const keys = { type: 'keyword' };
  // Without sub-objects `a` and `a.b` are two fields that can stand in one record.
  const typed = { type: 'object', dynamic: true, subobjects: false };
  return {
    dynamic: false,
    properties: { keys, pairs: terms, numbers: terms, string: typed, long: typed, double: typed, boolean: typed },
  };
}

function dynamicTemplates(): object[] {
  const mappings = {
    string: { type: 'keyword', ignore_above: MAX_TERM_TEXT_LENGTH },
    long: { type: 'long', coerce: false },
    double: { type: 'double', coerce: false },
    boolean: { type: 'boolean' },
  };
  return Object.entries(mappings).map(([type, mapping]) => ({ [type]: { path_match: [`*.${type}.*`], mapping } }));
}
