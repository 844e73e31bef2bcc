import type { MapNode, ServiceState, TrafficFigures } from '@threadline/collector/api';
import { formatDuration } from '../../../logic/duration-format.ts';
import { typeOfShared } from '../../../logic/map-groups.ts';
import type { MapGroup } from '../../../logic/service-map.ts';
import { callerErrorShare, errorShare } from '../../../logic/service-rows.ts';
import type { MessageKey } from '../../../messages/english.ts';
import type { Format } from '../../../messages/format.tsx';
import { rateText } from '../../../messages/rate-text.ts';
import type { Translate } from '../../../messages/translate.tsx';

const NANOS_A_MILLI = 1e6;
/** Worst first. */
const TROUBLES = ['down', 'degraded', 'silent'] as const;
const SIGNS: Readonly<Record<ServiceState, string>> = { down: '✕', degraded: '▲', silent: '○', healthy: '' };
const SHARED_NAMES: Readonly<Record<Exclude<MapNode['type'], 'service'>, MessageKey>> = {
  database: 'map.databases',
  queue: 'map.queues',
  external: 'map.externals',
};

export interface MapTexts {
  readonly t: Translate;
  readonly format: Format;
}

/** Rate and shares of errors, that of the caller with a sign. */
export function trafficText({ perSecond, ...counts }: TrafficFigures, { t, format }: MapTexts): string {
  const share = errorShare(counts);
  const ofCaller = callerErrorShare(counts);
  const shares = [...(share ? [format.percent(share)] : []), ...(ofCaller ? [`▲ ${format.percent(ofCaller)}`] : [])];
  return [rateText(perSecond, { t, format }), ...shares].join('  ');
}

/** p50, p95 and p99; empty where there are none. */
export function percentileText({ p50Millis, p95Millis, p99Millis }: TrafficFigures): string {
  if (p50Millis === undefined || p95Millis === undefined || p99Millis === undefined) return '';
  const texts = [p50Millis, p95Millis, p99Millis].map((millis) => formatDuration(millis * NANOS_A_MILLI));
  const units = texts.map((text) => text.slice(text.lastIndexOf(' ')));
  // One unit for all of them is said once.
  const isShort = units.every((unit) => unit === units[0]) && texts.every((text) => text.split(' ').length === 2);
  return isShort ? `${texts.map((text) => text.split(' ')[0]).join(' / ')}${units[0]}` : texts.join(' / ');
}

/** All of the figures in words, for who hears them or points at them. */
export function wholeText(figures: TrafficFigures, texts: MapTexts): string {
  const percentiles = percentileText(figures);
  const { t, format } = texts;
  const share = errorShare(figures);
  // Heard without the colour, a share alone could be of anything.
  const ofCaller = callerErrorShare(figures);
  const errors = [
    ...(share ? [t('map.errorShare', { share: format.percent(share) })] : []),
    ...(ofCaller ? [t('map.callerErrorShare', { share: format.percent(ofCaller) })] : []),
  ];
  return [rateText(figures.perSecond, texts), ...errors, ...(percentiles === '' ? [] : [`p50 / p95 / p99: ${percentiles}`])].join(', ');
}

/** Of what is in trouble; empty for all else. */
export function stateSign(state: ServiceState | undefined): string {
  return state === undefined ? '' : SIGNS[state];
}

/** How many of a group's nodes are in trouble, worst first. */
export function troubleSigns({ states }: MapGroup, { format }: MapTexts): string {
  return TROUBLES.flatMap((state) => (states[state] === undefined ? [] : [`${SIGNS[state]} ${format.number(states[state])}`])).join('  ');
}

export function worstState({ states }: MapGroup): ServiceState | undefined {
  return TROUBLES.find((state) => states[state] !== undefined);
}

/** What a group is called. */
export function groupName(name: string, { t }: MapTexts): string {
  const type = typeOfShared(name);
  return type === undefined || type === 'service' ? name : t(SHARED_NAMES[type]);
}

/** What is in a group. */
export function sizeText({ serviceCount, nodeCount, foundCount }: MapGroup, { t, format }: MapTexts): string {
  const size =
    serviceCount > 0
      ? t('services.summary', { count: serviceCount, shown: format.number(serviceCount) })
      : t('map.members', { count: nodeCount, shown: format.number(nodeCount) });
  return foundCount > 0 ? `${size}  ${t('map.found', { shown: format.number(foundCount) })}` : size;
}
