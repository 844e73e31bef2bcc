import type { MapNodeType, TrafficFigures } from '@threadline/collector/api';
import { formatDuration } from '../../logic/duration-format.ts';
import { callerErrorShare, errorShare } from '../../logic/service-rows.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useFormat } from '../../messages/format.tsx';
import { rateText } from '../../messages/rate-text.ts';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './traffic-cells.module.css';

const NANOS_A_MILLI = 1e6;

export const NODE_TYPE_NAMES: Readonly<Record<MapNodeType, MessageKey>> = {
  service: 'service.typeService',
  queue: 'service.typeQueue',
  database: 'service.typeDatabase',
  external: 'service.typeExternal',
};

const COUNT_HEADS: readonly MessageKey[] = ['service.calls', 'services.rate'];
const PERCENTILE_HEADS: readonly MessageKey[] = ['stats.p50', 'stats.p95', 'services.p99'];
const FARE_HEADS: readonly MessageKey[] = ['services.errors', ...PERCENTILE_HEADS];

/** Heads of the columns that `TrafficCells` fills. */
export function TrafficHeads() {
  return <Heads keys={[...COUNT_HEADS, ...FARE_HEADS]} />;
}

/** Heads of the columns that `FareCells` fills. */
export function FareHeads() {
  return <Heads keys={FARE_HEADS} />;
}

function Heads({ keys }: { readonly keys: readonly MessageKey[] }) {
  const t = useTranslate();
  return keys.map((key) => (
    <th key={key} scope="col" className={styles.number} title={PERCENTILE_HEADS.includes(key) ? t('services.tolerance') : undefined}>
      {t(key)}
    </th>
  ));
}

/** Calls, their rate, how many failed and how long they took, as cells of a table's row. */
export function TrafficCells({ figures }: { readonly figures: TrafficFigures }) {
  const t = useTranslate();
  const format = useFormat();
  return (
    <>
      <td className={styles.number}>{format.number(figures.count)}</td>
      <td className={styles.number}>{rateText(figures.perSecond, { t, format })}</td>
      <FareCells figures={figures} />
    </>
  );
}

/** Of nothing where there is none: as of what sends no spans. */
const NOTHING: TrafficFigures = { count: 0, errors: 0, perSecond: 0 };

/** How many failed and how long they took, as cells of a table's row. */
export function FareCells({ figures = NOTHING }: { readonly figures?: TrafficFigures | undefined }) {
  const t = useTranslate();
  const format = useFormat();
  const share = errorShare(figures);
  const ofCaller = callerErrorShare(figures);
  return (
    <>
      <td className={styles.number}>
        <span className={share ? styles.failed : ''}>{share === undefined ? '–' : format.percent(share)}</span>
        {ofCaller !== undefined && (
          <span className={styles.ofCaller} title={t('service.callerErrorsWhy')}>
            {' '}
            <span aria-hidden="true">▲ {format.percent(ofCaller)}</span>
            <span className={styles.said}>{t('map.callerErrorShare', { share: format.percent(ofCaller) })}</span>
          </span>
        )}
      </td>
      {[figures.p50Millis, figures.p95Millis, figures.p99Millis].map((millis, place) => (
        <td key={place} className={styles.number}>
          {millis === undefined ? '–' : formatDuration(millis * NANOS_A_MILLI)}
        </td>
      ))}
    </>
  );
}
