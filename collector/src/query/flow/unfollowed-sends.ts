import type { Field, QueryNode } from '@threadline/query-language';
import { contains, overlap } from '../../analysis/propagation/chance.ts';
import type { UnfollowedSends, UnseenLibraries } from '../../analysis/propagation/flow-evidence.ts';
import { systemsOf } from '../../analysis/propagation/libraries-for.ts';
import { keysOf } from '../../analysis/propagation/span-facts.ts';
import { arrivalTime, FAR, mayBeUnfollowed, workOf } from '../../analysis/propagation/unfollowed-work.ts';
import { serviceOf } from '../../analysis/typed-attributes.ts';
import type { Span } from '../../api/index.ts';
import { ascending } from '../../model/ascending.ts';
import type { Reader } from '../api-route.ts';
import { and, anyOf, equals, or } from '../query-nodes.ts';
import { readSpans } from '../read-rows.ts';
import { clampRange, HOUR_NANOS, MAX_CANDIDATES, MAX_LOOKED_INTO, saying } from './evidence-queries.ts';

export const INSTANCE: Field = { type: 'attribute', place: 'resource', key: 'service.instance.id' };

/**
 * What came elsewhere, of nobody, while processes of the flow worked that send by libraries which they do not follow. Where nothing did, that costs
 * one search for each such process; else four more, of what else came there and what else the process was asked in the hour before and after.
 */
export async function readUnfollowedSends(
  own: readonly Span[],
  libraries: readonly UnseenLibraries[],
  reader: Reader,
): Promise<UnfollowedSends[]> {
  const reports = libraries.filter((report) => systemsOf(report.libraries).length > 0 && workOf(own, report).length > 0);
  const sends = await Promise.all(reports.slice(0, MAX_LOOKED_INTO).map((report) => readSends(report, workOf(own, report), reader)));
  return sends.flatMap((one) => one ?? []);
}

async function readSends(report: UnseenLibraries, work: readonly Span[], reader: Reader): Promise<UnfollowedSends | undefined> {
  const arriving = and(equals('root', 'true'), or(...systemsOf(report.libraries).map(comingBy)));
  const pages = await Promise.all(
    timesOf(work).map(({ from, to }) =>
      readSpans({ query: arriving, range: clampRange({ fromNanos: from, toNanos: to }), maxRows: MAX_CANDIDATES }, reader),
    ),
  );
  const beside = pages.flatMap(({ rows }) => rows.map(({ record }) => record)).filter((span) => mayBeUnfollowed(span, report));
  const services = [...new Set(beside.map(serviceOf))].slice(0, MAX_LOOKED_INTO);
  const [first] = work;
  if (services.length === 0 || first === undefined) return undefined;
  const names = [...new Set(work.map(({ name }) => name))].slice(0, MAX_LOOKED_INTO);
  const ofProcess = and(
    equals('service', report.service),
    ...(report.instance === '' ? [] : [equals(INSTANCE, report.instance)]),
    or(anyOf('kind', ['server', 'consumer']), anyOf('name', names)),
  );
  const at = BigInt(first.startTimeUnixNano);
  const [arrivals, asked] = await Promise.all([
    readAround(and(arriving, anyOf('service', services)), at, reader),
    readAround(ofProcess, at, reader),
  ]);
  // Of what is known of the one and not of the other nothing can be told.
  const isKnown = ({ startTimeUnixNano }: Span): boolean =>
    [arrivals, asked].every(({ from, to }) => contains({ from, to }, BigInt(startTimeUnixNano)));
  return { report, work: asked.spans.filter(isKnown), arrivals: arrivals.spans.filter(isKnown) };
}

/** Requests and takers of messages by one system. */
function comingBy(system: string): QueryNode {
  if (system === 'http') {
    const methods = keysOf('method').map((key): QueryNode => ({ type: 'exists', field: { type: 'attribute', place: 'attributes', key } }));
    return and(equals('kind', 'server'), or(...methods));
  }
  if (system === 'grpc') return and(equals('kind', 'server'), saying('rpc', system));
  const ofSystem = equals({ type: 'attribute', place: 'attributes', key: 'messaging.system' }, system);
  return and(anyOf('kind', ['consumer', 'client', 'internal']), ofSystem);
}

/** When something that was sent in this work may have come; times that overlap are one. */
function timesOf(work: readonly Span[]) {
  const times = work.map((span) => arrivalTime(span, true, FAR)).sort((a, b) => ascending(a.from, b.from));
  const merged: { from: bigint; to: bigint }[] = [];
  for (const time of times) {
    const last = merged.at(-1);
    if (last === undefined || !overlap(last, time)) merged.push({ ...time });
    else if (time.to > last.to) last.to = time.to;
  }
  return merged.slice(0, MAX_LOOKED_INTO);
}

/** Those nearest to the time, in the hour before and after, and between which of them there are no others. */
async function readAround(query: QueryNode, at: bigint, reader: Reader) {
  const { storage, context } = reader;
  const before = { ...clampRange({ fromNanos: at - HOUR_NANOS, toNanos: at }), toNanos: at };
  const after = clampRange({ fromNanos: at, toNanos: at + HOUR_NANOS });
  const [earlier, later] = await Promise.all([
    storage.searchSpans({ query, range: before, order: 'desc', limit: MAX_CANDIDATES }, context),
    readSpans({ query, range: after, maxRows: MAX_CANDIDATES }, reader),
  ]);
  const from = (earlier.hasMore ? earlier.rows.at(-1)?.key.timeNanos : undefined) ?? before.fromNanos;
  const to = (later.hasMore ? later.rows.at(-1)?.key.timeNanos : undefined) ?? after.toNanos;
  return { spans: [...earlier.rows, ...later.rows].map(({ record }) => record), from, to };
}
