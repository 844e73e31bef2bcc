import { LEVELS } from '@threadline/query-language';
import { choosePatterns, severityOf } from '../patterns/choose-patterns.ts';
import type { TemplateForest } from '../patterns/template-forest.ts';
import { NO_TEMPLATE, type TemplateText } from '../patterns/template-text.ts';
import { MAX_PATTERN_SERVICES, type PatternCounts, type PatternsRequest, type PatternsResult, type ReadContext } from '../storage.ts';
import { TEMPLATE_FIELD } from './columns.ts';
import { ResponseTooLargeError } from './connection.ts';
import { bucketNumber, timeBuckets } from './log-histogram.ts';
import { isEmptyRange } from './nanosecond-time.ts';
import { lookUpNodes } from './query-lookups.ts';
import { type ElasticsearchQuery, translateQuery } from './query-translation.ts';
import { readTemplates } from './read-templates.ts';
import {
  type Bucket,
  compositeBuckets,
  inRange,
  keyOf,
  logOf,
  RECORD_FIELD,
  type Search,
  TIME_FIELD,
  timeOf,
  topHits,
} from './search-requests.ts';

const TEMPLATES_A_PAGE = 10_000;
/** One answer may have 65,536 buckets. */
const MAX_BUCKETS = 50_000;
/** Services that are counted of each stored template, of which a pattern can have several. */
const SERVICES_A_TEMPLATE = 5 * MAX_PATTERN_SERVICES;
/** A record can be a megabyte. */
const EXAMPLES_AT_A_TIME = 20;
/** Of an example. */
const MAX_MESSAGE_LENGTH = 1_000;

interface Counted {
  readonly template: TemplateText;
  count: number;
  severity: number;
  /** The stored templates that are part of it. */
  readonly members: Set<string>;
}

interface Details {
  readonly levels: Map<string, number>;
  readonly services: Map<string, number>;
  readonly buckets: Map<bigint, number>;
  /** The newest of those of its members. */
  example?: { readonly id: string; readonly timeNanos: bigint };
}

/** Matching logs by what their templates come to: first how many of each, then the rest for those that are shown. */
export async function countPatterns(search: Search, request: PatternsRequest, context: ReadContext): Promise<PatternsResult> {
  const { query, range, order, limit } = request;
  if (isEmptyRange(range)) return { total: 0, patternCount: 0, patterns: [] };
  const lookups = await lookUpNodes(search, { query, target: 'logs', range, context });
  const filter = inRange(range, translateQuery(query, 'logs', lookups));
  const counted = await countRoots(search, { filter, forest: await readTemplates(search, context), context });
  const chosen = choosePatterns(counted, { order, limit });
  const details = await readDetails(search, { request, filter, chosen: chosen.patterns, context });
  const examples = await readExamples(
    search,
    [...details.values()].flatMap(({ example }) => example?.id ?? []),
    context,
  );
  return {
    total: counted.reduce((sum, { count }) => sum + count, 0),
    patternCount: chosen.patternCount,
    patterns: chosen.patterns.map((pattern) => toCounts(pattern, details.get(pattern.template), examples)),
  };
}

async function countRoots(
  search: Search,
  { filter, forest, context }: { readonly filter: ElasticsearchQuery; readonly forest: TemplateForest; readonly context: ReadContext },
): Promise<Counted[]> {
  const roots = new Map<TemplateText, Counted>();
  const severities: ReadonlyMap<string, number> = new Map(LEVELS.map((level) => [level, severityOf(level)]));
  const sources = { template: { field: TEMPLATE_FIELD, missing_bucket: true }, level: { field: 'level' } };
  const request = { target: 'logs', query: filter, sources, pageSize: TEMPLATES_A_PAGE, context } as const;
  for await (const bucket of compositeBuckets(search, request)) {
    const member = keyOf(bucket, 'template');
    const template = forest.rootOf(member);
    const root = roots.get(template) ?? { template, count: 0, severity: 0, members: new Set() };
    root.count += bucket.doc_count;
    root.severity = Math.max(root.severity, severities.get(keyOf(bucket, 'level')) ?? 0);
    root.members.add(member);
    roots.set(template, root);
  }
  return [...roots.values()];
}

interface DetailsRequest {
  readonly request: PatternsRequest;
  readonly filter: ElasticsearchQuery;
  readonly chosen: readonly Counted[];
  readonly context: ReadContext;
}

async function readDetails(search: Search, { request, filter, chosen, context }: DetailsRequest): Promise<Map<TemplateText, Details>> {
  const { range, widthNanos } = request;
  const aggregations = {
    levels: { terms: { field: 'level', size: LEVELS.length } },
    services: { terms: { field: 'service', size: SERVICES_A_TEMPLATE } },
    times: timeBuckets(request),
    example: {
      top_hits: {
        size: 1,
        _source: false,
        docvalue_fields: [TIME_FIELD, 'recordId'],
        sort: [{ '@timestamp': 'desc' }, { recordId: 'desc' }],
      },
    },
  };
  const bucketsOfOne = LEVELS.length + SERVICES_A_TEMPLATE + Number((range.toNanos - range.fromNanos) / widthNanos) + 2;
  const templatesAtOnce = Math.max(1, Math.floor(MAX_BUCKETS / bucketsOfOne));
  const rootOf = new Map(chosen.flatMap(({ template, members }) => Array.from(members, (member) => [member, template] as const)));
  const found = new Map<TemplateText, Details>();
  const add = (member: string, bucket: Bucket): void => {
    const root = rootOf.get(member) ?? member;
    const details: Details = found.get(root) ?? { levels: new Map(), services: new Map(), buckets: new Map() };
    found.set(root, details);
    for (const { key, doc_count } of innerBuckets(bucket, 'levels')) addTo(details.levels, String(key), doc_count);
    for (const { key, doc_count } of innerBuckets(bucket, 'services')) addTo(details.services, String(key), doc_count);
    for (const time of innerBuckets(bucket, 'times')) addTo(details.buckets, bucketNumber(time, widthNanos), time.doc_count);
    for (const hit of topHits(bucket, 'example')) {
      if (details.example && details.example.timeNanos >= timeOf(hit)) continue;
      details.example = { id: String(hit.fields?.recordId?.[0]), timeNanos: timeOf(hit) };
    }
  };
  const members = [...rootOf.keys()].filter((member) => member !== NO_TEMPLATE);
  for (let start = 0; start < members.length; start += templatesAtOnce) {
    const some = members.slice(start, start + templatesAtOnce);
    const query = { bool: { filter: [filter, { terms: { [TEMPLATE_FIELD]: some } }] } };
    const templates = { terms: { field: TEMPLATE_FIELD, size: some.length }, aggregations };
    const answer = await search('logs', { size: 0, query, aggregations: { templates } }, context);
    for (const bucket of answer.aggregations?.templates?.buckets ?? []) add(String(bucket.key), bucket);
  }
  if (rootOf.has(NO_TEMPLATE)) {
    const none = { filters: { filters: [{ bool: { must_not: [{ exists: { field: TEMPLATE_FIELD } }] } }] }, aggregations };
    const answer = await search('logs', { size: 0, query: filter, aggregations: { none } }, context);
    for (const bucket of answer.aggregations?.none?.buckets ?? []) add(NO_TEMPLATE, bucket);
  }
  return found;
}

/** The beginning of each record's message, by its id. */
async function readExamples(search: Search, ids: readonly string[], context: ReadContext): Promise<Map<string, string>> {
  const messages = new Map<string, string>();
  let size = EXAMPLES_AT_A_TIME;
  for (let start = 0; start < ids.length; ) {
    const some = ids.slice(start, start + size);
    try {
      const { hits } = await search('logs', { size: some.length, query: { terms: { recordId: some } }, ...RECORD_FIELD }, context);
      for (const hit of hits.hits) {
        const { id, body } = logOf(hit);
        messages.set(id, (body?.stringValue ?? '').slice(0, MAX_MESSAGE_LENGTH));
      }
      start += some.length;
    } catch (error) {
      if (!(error instanceof ResponseTooLargeError) || size === 1) throw error;
      size = Math.ceil(size / 2);
    }
  }
  return messages;
}

function toCounts({ template, count }: Counted, details: Details | undefined, examples: ReadonlyMap<string, string>): PatternCounts {
  const id = details?.example?.id ?? '';
  return {
    template,
    count,
    levels: LEVELS.flatMap((level) => {
      const own = details?.levels.get(level);
      return own === undefined ? [] : [{ level, count: own }];
    }),
    buckets: Array.from(details?.buckets ?? [], ([bucket, own]) => ({ bucket, count: own })),
    services: Array.from(details?.services ?? [], ([name, own]) => ({ name, count: own }))
      .sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1))
      .slice(0, MAX_PATTERN_SERVICES),
    example: { id, message: examples.get(id) ?? '' },
  };
}

function addTo<K>(counts: Map<K, number>, key: K, count: number): void {
  if (count > 0) counts.set(key, (counts.get(key) ?? 0) + count);
}

function innerBuckets(bucket: Bucket, name: string): readonly Bucket[] {
  const inner: { readonly buckets?: readonly Bucket[] } = Object(bucket[name]);
  return inner.buckets ?? [];
}
