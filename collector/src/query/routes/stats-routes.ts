import { type QueryTarget, resolveField } from '@threadline/query-language';
import type { StatsAnswer, StatsFigures, StatsSeries } from '../../api/index.ts';
import {
  GROUP_RECORD_FIELDS,
  type GroupField,
  MAX_GROUP_FIELDS,
  type NumberField,
  type StatsAttribute,
  type StatsRequest,
  type StatsResult,
  type StatsFigures as StoredFigures,
  type StatsSeries as StoredSeries,
} from '../../storage/stats/stats.ts';
import { FACET_PLACES } from '../../storage/storage.ts';
import { answerNotes } from '../answer-notes.ts';
import { type ApiRoute, defineRoute } from '../api-route.ts';
import { bucketWidth, layOutBuckets } from '../histogram-buckets.ts';
import { parseBoundedRange } from '../parameters/bounded-range.ts';
import { invalidValue, type Parameters, parseWholeNumber, tooManyTimes } from '../parameters/parameters.ts';
import { parseQueryParameter } from '../parameters/query-parameter.ts';
import { DEFAULT_FROM } from '../parameters/time-range.ts';
import { withoutOwnEvents } from '../query-nodes.ts';

const DEFAULT_GROUPS = 10;
/** More lines than that nobody reads off a chart; what is beyond is counted as other. */
const MAX_GROUPS = 100;
/** As of the histogram. */
const MAX_BUCKETS = 500;
/** Groups times buckets: what an answer of a few megabytes has. */
const MAX_CELLS = 10_000;
const DEFAULT_PERCENTILES = [50, 90, 95, 99];
const MAX_PERCENTILES = 10;
/** What a person waits for: a part of the figures is of use. */
const MAX_COUNTING_MILLIS = 10_000;
const EMPTY: StatsResult = { total: 0, groups: [], isCapped: false, unmeasuredCount: 0 };

/** Figures of matching logs. */
export const logStatsRoute = createStatsRoute('/api/v1/logs/stats', 'logs');
/** Figures of matching spans. */
export const spanStatsRoute = createStatsRoute('/api/v1/spans/stats', 'spans');

function createStatsRoute(path: string, target: QueryTarget): ApiRoute {
  return defineRoute({
    path,
    names: { single: ['query', 'from', 'to', 'field', 'limit', 'buckets'], repeated: ['by', 'percentile'] },
    parse: (input, { capabilities }) => {
      const { parameters } = input;
      const { query, warnings } = parseQueryParameter(parameters, target, capabilities);
      const range = parseBoundedRange(input, DEFAULT_FROM);
      const limit = parseWholeNumber(parameters, 'limit', { min: 1, max: MAX_GROUPS, fallback: DEFAULT_GROUPS });
      const maxBuckets = parseWholeNumber(parameters, 'buckets', { min: 0, max: MAX_BUCKETS, fallback: 0 });
      if (limit * maxBuckets > MAX_CELLS) throw invalidValue('buckets', `at most ${MAX_CELLS} divided by the limit of groups`);
      const field = parameters.get('field');
      const by = parameters.all('by');
      if (by.length > MAX_GROUP_FIELDS) throw tooManyTimes('by', by.length, MAX_GROUP_FIELDS);
      const measure = field === undefined ? undefined : parseNumberField(field, target);
      // Looked at where nothing is measured too: what is wrong is wrong with every other parameter.
      const percentiles = parsePercentiles(parameters);
      const request: StatsRequest = {
        target,
        query: target === 'logs' ? withoutOwnEvents(query) : query,
        range,
        ...(measure && { measure }),
        percentiles: measure ? percentiles : [],
        groupBy: by.map((name) => parseGroupField(name, target)),
        limit,
        ...(maxBuckets > 0 && { widthNanos: bucketWidth(range, maxBuckets) }),
      };
      return { request, warnings, names: { by: [...by], ...(field !== undefined && { field }) } };
    },
    async answer({ request, warnings, names }, { storage, context }): Promise<StatsAnswer> {
      const { range, widthNanos, percentiles, measure } = request;
      const deadline = Math.min(context.deadline, performance.now() + MAX_COUNTING_MILLIS);
      const isEmpty = range.fromNanos === range.toNanos;
      const result = isEmpty ? EMPTY : await storage.countStats(request, { ...context, deadline });
      const first = widthNanos === undefined ? undefined : range.fromNanos / widthNanos;
      const unmeasured =
        result.unmeasuredCount > 0
          ? [`${result.unmeasuredCount} records have numbers of this field that the storage cannot measure: they are in no figure of it.`]
          : [];
      return {
        total: result.total,
        ...names,
        ...(measure?.type === 'record' && { unit: 'ns' }),
        percentiles: [...percentiles],
        percentileMethod: { ...storage.capabilities.percentiles },
        groups: result.groups.map((group) => ({ key: group.key.map((text) => text ?? null), ...toSeries(group, first) })),
        ...(result.other && { other: toSeries(result.other, first) }),
        ...(result.isCapped && { capped: true }),
        ...(widthNanos !== undefined && { buckets: layOutBuckets(range, widthNanos, []).map(({ from, to }) => ({ from, to })) }),
        ...answerNotes({ partial: result.partial, warnings: [...warnings, ...unmeasured] }),
      };
    },
  });
}

function parsePercentiles(parameters: Parameters): number[] {
  const texts = parameters.all('percentile');
  if (texts.length === 0) return DEFAULT_PERCENTILES;
  if (texts.length > MAX_PERCENTILES) throw tooManyTimes('percentile', texts.length, MAX_PERCENTILES);
  const percentiles = texts.map((text) => (/^\d{1,3}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN));
  if (percentiles.some((percentile) => !(percentile <= 100)))
    throw invalidValue('percentile', 'a number from 0 to 100 with at most four decimals');
  return percentiles;
}

function parseNumberField(name: string, target: QueryTarget): NumberField {
  if (name === 'duration' && target === 'spans') return { type: 'record', name };
  const field = parseAttribute(name, target);
  if (field) return field;
  throw invalidValue(
    'field',
    `${target === 'spans' ? 'duration, or ' : ''}an attribute as http.response.body.size or resource.process.pid`,
  );
}

function parseGroupField(name: string, target: QueryTarget): GroupField {
  const own = GROUP_RECORD_FIELDS[target].find((field) => field === name);
  if (own !== undefined) return { type: 'record', name: own };
  const field = parseAttribute(name, target);
  if (field) return field;
  throw invalidValue('by', `one of ${GROUP_RECORD_FIELDS[target].join(', ')}, or an attribute as http.route or resource.host.name`);
}

/** Undefined for what is no attribute of a place that is counted. */
function parseAttribute(name: string, target: QueryTarget): StatsAttribute | undefined {
  const resolved = resolveField(name, target);
  if (resolved.kind !== 'attribute' || resolved.field.type !== 'attribute') return undefined;
  const { place, key } = resolved.field;
  const statsPlace = place === 'any' ? place : FACET_PLACES.find((candidate) => candidate === place);
  return statsPlace === undefined || key === '' ? undefined : { type: 'attribute', place: statsPlace, key };
}

/** `first`: the number of the first bucket; undefined: there are none. */
function toSeries(series: StoredSeries, first: bigint | undefined): StatsSeries {
  return {
    ...toFigures(series),
    ...(first !== undefined && { points: series.points.map((point) => ({ bucket: Number(point.bucket - first), ...toFigures(point) })) }),
  };
}

function toFigures({ count, numbers }: StoredFigures): StatsFigures {
  if (!numbers) return { count };
  const { count: values, min, max, sum, percentiles } = numbers;
  const finite = Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, sum));
  return { count, numbers: { count: values, min, max, sum: finite, avg: finite / values, percentiles: [...percentiles] } };
}
