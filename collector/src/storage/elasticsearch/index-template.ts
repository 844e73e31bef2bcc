import { ThreadlineError } from '../../errors.ts';
import { MAX_TERM_LENGTH, MAX_TERM_TEXT_LENGTH } from './attribute-terms.ts';
import { FIGURE_BATCH_FIELD, KEYWORD_COLUMNS, PLACES, TEMPLATE_FIELD } from './columns.ts';
import { ALL_FIGURE_INDICES, FIGURE_MAPPINGS } from './figures/figure-document.ts';

/**
 * Raised with every change of a template, so that an older collector does not undo a newer one's, and data streams of an older one are rolled
 * over. 1: the record is in `_source`. 2: the names of attributes are counted. 3: `logsdb`, and the record as a stored field. 4: templates of logs.
 * 5: fingerprints of errors. 6: spans name the batch that their figures are counted in. 7: made where a cluster makes no other index by itself.
 * 8: logs name their batch too.
 */
export const TEMPLATE_VERSION = 8;
/** Above the templates that Elasticsearch brings for `logs-*-*` and `traces-*-*` (100). */
export const TEMPLATE_PRIORITY = 500;
/** The first write makes the index, also where `action.auto_create_index` forbids that of others. */
const ALLOWED = { allow_auto_create: true };
/** What was written is found after this long, whoever reads; stated in the index, it also keeps Elasticsearch from letting an idle index lie. */
const REFRESH_INTERVAL = '500ms';
/** Most fields of one index, typed attributes among them. Further keys are answered from `keys`, `pairs` and `numbers` like all others. */
const TOTAL_FIELDS_LIMIT = 1_000;
const SECONDS_A_DAY = 24 * 60 * 60;

export const SIGNALS = ['logs', 'traces'] as const;
export type Signal = (typeof SIGNALS)[number];

/** How the operator wants the indices, and what the cluster has for them. */
export interface TemplateOptions {
  readonly shards: number;
  /** Undefined: one where there is a second node. */
  readonly replicas: number | undefined;
  readonly hasMatchOnlyText: boolean;
  /** What keeps and deletes the indices: the cluster for so many days, by a policy of its own, or nothing of the cluster. */
  readonly lifecycle: { readonly retentionDays: number } | { readonly policy: string } | undefined;
}

/** Every data stream of the collector's, whatever its tenant. */
export const ALL_DATA_STREAMS = SIGNALS.map((signal) => `${signal}-threadline-*`).join(',');

/** `tenant` has no dash, so that the name splits in one way only. */
export function dataStreamOf(signal: Signal, tenant: string): string {
  if (!/^[a-z0-9_]{1,100}$/.test(tenant)) {
    throw new ThreadlineError('invalid_argument', 'a tenant is a word of a-z, 0-9 and _, at most 100 long', { field: 'tenant' });
  }
  return `${signal}-threadline-${tenant}`;
}

/**
 * The template of one signal's data streams.
 *
 *     @timestamp, sequence, recordId       the order of everything, in which the index itself is sorted, newest first
 *     message                              text, Lucene's standard analyzer (words as docs/query-language.md cuts them)
 *     service, traceId, name, …            keywords, one a record field (columns.ts)
 *     template                             of logs: the template of the message (patterns/template-text.ts)
 *     errorGroups                          the fingerprints of its errors (errors/error-names.ts)
 *     figureBatch                          what its figures are counted in (figures/figure-document.ts)
 *     <place>.keys|pairs|numbers           every attribute of that place as terms (attribute-terms.ts)
 *     <place>.string|long|double|boolean   the same by type under their own names, for aggregations and other tools
 *     hashed                               fields and keys with a value too long for a term
 *     recordText                           the exact record as JSON text, stored and not looked into: whatever an index makes of `_source`
 *                                          (logsdb puts it together from doc values where the licence allows), this stays as it was written
 */
export function indexTemplate(signal: Signal, options: TemplateOptions): object {
  const { lifecycle } = options;
  return {
    index_patterns: [`${signal}-threadline-*`],
    priority: TEMPLATE_PRIORITY,
    version: TEMPLATE_VERSION,
    ...ALLOWED,
    data_stream: {},
    _meta: { description: 'Written by the Threadline collector at its start', madeFor: JSON.stringify(options) },
    template: {
      settings: {
        'index.mode': 'logsdb',
        'index.sort.field': ['@timestamp', 'sequence', 'recordId'],
        'index.sort.order': ['desc', 'desc', 'desc'],
        'index.number_of_shards': options.shards,
        ...replicaSettings(options),
        'index.refresh_interval': REFRESH_INTERVAL,
        // A `_source` that is put together from doc values need not keep the order of arrays, which no answer is read from; the places of thousands
        // of elements are more than Elasticsearch can keep, so that it would refuse the document.
        'index.mapping.synthetic_source_keep': 'none',
        // logsdb would leave such a value out of the index without a word; refused, the record is written again without it, and that is told.
        'index.mapping.ignore_malformed': false,
        'index.mapping.total_fields.limit': TOTAL_FIELDS_LIMIT,
        'index.mapping.total_fields.ignore_dynamic_beyond_limit': true,
        ...(lifecycle && 'policy' in lifecycle && { 'index.lifecycle.name': lifecycle.policy }),
      },
      mappings: { _meta: { [VERSION_IN_MAPPING]: TEMPLATE_VERSION }, ...mappings(signal, options) },
      ...(lifecycle && 'retentionDays' in lifecycle && { lifecycle: { data_retention: retentionText(lifecycle.retentionDays) } }),
    },
  };
}

/** The template of the indices that have the figures of services. They are small, so that one shard is enough. */
export function figuresTemplate(options: TemplateOptions): object {
  return {
    index_patterns: [ALL_FIGURE_INDICES],
    priority: TEMPLATE_PRIORITY,
    version: TEMPLATE_VERSION,
    ...ALLOWED,
    _meta: { description: 'Written by the Threadline collector at its start', madeFor: JSON.stringify(options) },
    template: { settings: { 'index.number_of_shards': 1, ...replicaSettings(options) }, mappings: FIGURE_MAPPINGS },
  };
}

function replicaSettings({ replicas }: TemplateOptions): object {
  return replicas === undefined
    ? { 'index.auto_expand_replicas': '0-1' }
    : { 'index.auto_expand_replicas': false, 'index.number_of_replicas': replicas };
}

/** Where an index says by which version of its template it was made; those before 3 say nothing. */
export const VERSION_IN_MAPPING = 'threadlineTemplate';

/** A number of days, with a fraction, as Elasticsearch takes a length of time. */
export function retentionText(days: number): string {
  return Number.isInteger(days) ? `${days}d` : `${Math.max(1, Math.round(days * SECONDS_A_DAY))}s`;
}

function mappings(signal: Signal, { hasMatchOnlyText }: TemplateOptions): object {
  return {
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
      hashed: termsField({ isCounted: false }),
      message: hasMatchOnlyText ? { type: 'match_only_text' } : { type: 'text', norms: false },
      hasMessage: { type: 'boolean' },
      ...(signal === 'logs'
        ? {
            level: { type: 'keyword' },
            observedTime: { type: 'long' },
            [TEMPLATE_FIELD]: { type: 'keyword', ignore_above: MAX_TERM_TEXT_LENGTH },
          }
        : {
            durationNanos: { type: 'long' },
            endNanos: { type: 'long' },
            kindNumber: { type: 'long' },
            isRoot: { type: 'boolean' },
            isError: { type: 'boolean' },
          }),
      [FIGURE_BATCH_FIELD]: { type: 'keyword' },
      ...Object.fromEntries(
        Object.values(KEYWORD_COLUMNS).map((field) => [field, { type: 'keyword', ignore_above: MAX_TERM_TEXT_LENGTH }]),
      ),
      ...Object.fromEntries(PLACES.map((place) => [place, placeMapping()])),
      recordText: { type: 'text', index: false, norms: false, store: true },
    },
  };
}

/** What becomes of an attribute's value, by its type. */
export const TYPED_FIELDS = {
  string: { type: 'keyword', ignore_above: MAX_TERM_TEXT_LENGTH },
  long: { type: 'long', coerce: false },
  double: { type: 'double', coerce: false },
  boolean: { type: 'boolean' },
} as const;
export type FieldType = keyof typeof TYPED_FIELDS;

/** Where a resource's attribute may be, whatever its type: at most one has a value. */
export function resourceFields(key: string): string[] {
  return Object.keys(TYPED_FIELDS).map((type) => `resource.${type}.${key}`);
}

/** What holds the typed fields of one type. Without sub-objects `a` and `a.b` are two fields that can stand in one record. */
export const TYPED_OBJECT = { type: 'object', dynamic: true, subobjects: false } as const;

function placeMapping(): object {
  const terms = termsField({ isCounted: false });
  // Few, and counted when a list of fields is asked for.
  const keys = termsField({ isCounted: true });
  const typed = Object.fromEntries(Object.keys(TYPED_FIELDS).map((type) => [type, TYPED_OBJECT]));
  return { dynamic: false, properties: { keys, pairs: terms, numbers: terms, ...typed } };
}

/** logsdb leaves out what is longer than a limit of its own, unless a field says its own. */
function termsField({ isCounted }: { readonly isCounted: boolean }): object {
  return { type: 'keyword', ignore_above: MAX_TERM_LENGTH, ...(!isCounted && { doc_values: false }) };
}

function dynamicTemplates(): object[] {
  return Object.entries(TYPED_FIELDS).map(([type, mapping]) => ({ [type]: { path_match: [`*.${type}.*`], mapping } }));
}
