/**
 * The 25 queries of Jaeger's storage test battery with the traces that each has to find, and no other.
 * Source of these facts: jaegertracing/jaeger, `internal/storage/integration/fixtures/queries.json`, Apache-2.0.
 */
export interface BatteryQuery {
  readonly caption: string;
  /** As `/jaeger/api/traces` takes them. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of traces. */
  readonly finds: readonly string[];
}

const TAGS = JSON.stringify({ sameplacetag1: 'sameplacevalue', sameplacetag2: 123, sameplacetag3: 72.5, sameplacetag4: true });
const SCOPE_TAGS = TAGS.replaceAll('sameplacetag', 'sameplacescopeattribute');
const LINK_TAGS = TAGS.replaceAll('sameplacetag', 'sameplacelinkattribute');
/** 2017-01-26, 15:46:31.639875Z to 17:46:31.639875Z, in microseconds. */
const TWO_HOURS = { start: '1485445591639875', end: '1485452791639875' };
/** 2017-01-26, 00:00:31.639875Z to 00:07:31.639875Z: seven minutes around the later of two spans. */
const SEVEN_MINUTES = { start: '1485388831639875', end: '1485389251639875' };

const MIDDLE = { minDuration: '4500ns', maxDuration: '5500ns' };
const OPERATION = true;

export const BATTERY_QUERIES: readonly BatteryQuery[] = [
  query(1, 'tags in one spot, the span', { tags: TAGS }, ['span_tags_trace']),
  query(2, 'tags in one spot, an event', { tags: TAGS }, ['log_tags_trace']),
  query(3, 'tags in one spot, the process', { tags: TAGS }, ['process_tags_trace']),
  query(4, 'tags in different spots', { tags: TAGS }, ['multi_spot_tags_trace']),
  query(5, 'a trace that reaches out of the range', SEVEN_MINUTES, ['multi_index_trace']),
  query(6, 'an operation', {}, ['opname_trace'], OPERATION),
  query(7, 'an operation and a greatest duration', { maxDuration: '2000ns' }, ['opname_maxdur_trace'], OPERATION),
  query(8, 'an operation and a range of durations', MIDDLE, ['opname_dur_trace'], OPERATION),
  query(9, 'a range of durations', MIDDLE, ['dur_trace']),
  query(10, 'a greatest duration', { maxDuration: '1000ns' }, ['max_dur_trace']),
  query(11, 'a service alone', {}, ['default']),
  query(12, 'tags and an operation', { tags: TAGS }, ['tags_opname_trace'], OPERATION),
  query(13, 'tags, an operation and a greatest duration', { tags: TAGS, maxDuration: '2000ns' }, ['tags_opname_maxdur_trace'], OPERATION),
  query(14, 'tags, an operation and a range of durations', { tags: TAGS, ...MIDDLE }, ['tags_opname_dur_trace'], OPERATION),
  query(15, 'tags and a range of durations', { tags: TAGS, ...MIDDLE }, ['tags_dur_trace']),
  query(16, 'tags and a greatest duration', { tags: TAGS, maxDuration: '1000ns' }, ['tags_maxdur_trace']),
  query(17, 'tags in several spots and an operation', { tags: TAGS }, ['multispottag_opname_trace'], OPERATION),
  query(
    18,
    'tags in several spots, an operation and a greatest duration',
    { tags: TAGS, maxDuration: '2000ns' },
    ['multispottag_opname_maxdur_trace'],
    OPERATION,
  ),
  query(
    19,
    'tags in several spots, an operation and a range of durations',
    { tags: TAGS, ...MIDDLE },
    ['multispottag_opname_dur_trace'],
    OPERATION,
  ),
  query(20, 'tags in several spots and a range of durations', { tags: TAGS, ...MIDDLE }, ['multispottag_dur_trace']),
  query(21, 'tags in several spots and a greatest duration', { tags: TAGS, maxDuration: '1000ns' }, ['multispottag_maxdur_trace']),
  query(22, 'several traces', {}, ['multiple1_trace', 'multiple2_trace', 'multiple3_trace']),
  query(23, 'tags of a span in a scope with name and version', { tags: TAGS }, ['scope_name_version_trace']),
  query(24, 'attributes of the scope', { tags: SCOPE_TAGS }, ['scope_attributes_trace']),
  query(25, 'attributes of a link', { tags: LINK_TAGS }, ['link_attributes_trace']),
];

function query(
  number: number,
  caption: string,
  parameters: Readonly<Record<string, string>>,
  finds: readonly string[],
  hasOperation = false,
): BatteryQuery {
  const name = `query${String(number).padStart(2, '0')}`;
  const operation = hasOperation ? { operation: `${name}-operation` } : {};
  return {
    caption: `${number}: ${caption}`,
    parameters: { service: `${name}-service`, ...operation, ...TWO_HOURS, ...parameters, limit: '1000' },
    finds,
  };
}
