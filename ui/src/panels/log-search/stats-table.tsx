import type { StatsAnswer } from '@threadline/collector/api';
import { showControls } from '../../logic/control-characters.ts';
import { type Facet, missingFilter, presentFilter, valueFilter } from '../../logic/facets.ts';
import { pointsPath, roundFigure, STAT_FIGURES, type StatFigure, type StatRow } from '../../logic/log-stats.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { IconButton } from '../../shared/Button/button.tsx';
import styles from './stats.module.css';
import type { LogAddress } from './use-log-search.ts';
import { ValueMark } from './value-line.tsx';

export const FIGURE_NAMES: Readonly<Record<StatFigure, MessageKey>> = {
  count: 'logStats.count',
  avg: 'logStats.avg',
  p50: 'logStats.p50',
  p95: 'logStats.p95',
  p99: 'logStats.p99',
  max: 'logStats.max',
};
const LINE = { width: 160, height: 18 };

interface StatsTableProps {
  /** In the order of the figure that is shown. */
  readonly rows: readonly StatRow[];
  readonly most: number;
  readonly answer: StatsAnswer;
  readonly address: LogAddress;
}

/** A row for each value: all figures, of the one that is shown a bar and a line over time, on one scale. A click on a value shows its records. */
export function StatsTable({ rows, most, answer, address }: StatsTableProps) {
  const t = useTranslate();
  const { field, by, figure } = address.stats;
  const figures = field === '' ? STAT_FIGURES.slice(0, 1) : STAT_FIGURES;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{by === '' ? '' : by}</th>
          {figures.map((one) => (
            <th
              key={one}
              scope="col"
              className={styles.number}
              data-shown={one === figure}
              aria-sort={one === figure ? 'descending' : 'none'}
            >
              {field === '' ? (
                t(FIGURE_NAMES[one])
              ) : (
                <button type="button" className={styles.sort} title={t('logStats.show')} onClick={() => address.setFigure(one)}>
                  {t(FIGURE_NAMES[one])}
                  {one === figure && <span aria-hidden="true"> ↓</span>}
                </button>
              )}
            </th>
          ))}
          <th scope="col" className={styles.barHead}>
            {t('logStats.asBar', { figure: t(FIGURE_NAMES[figure]) })}
          </th>
          <th scope="col" className={styles.lineHead}>
            {t('logStats.overTime')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.isOther ? 'other' : row.value === null ? 'missing' : `=${row.value}`}>
            <th scope="row" className={styles.name}>
              <GroupName row={row} address={address} />
            </th>
            {figures.map((one) => (
              <FigureCell key={one} row={row} figure={one} isShown={one === figure} />
            ))}
            <td className={styles.barCell}>{row.bar > 0 && <span className={styles.bar} style={{ width: `${row.bar * 100}%` }} />}</td>
            <td className={styles.lineCell}>
              <StatLine row={row} most={most} buckets={answer.buckets ?? []} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function FigureCell({ row, figure, isShown }: { readonly row: StatRow; readonly figure: StatFigure; readonly isShown: boolean }) {
  const format = useFormat();
  const value = row.figures[figure];
  return (
    <td className={styles.number} data-shown={isShown}>
      {value === undefined ? '–' : format.number(roundFigure(value))}
      {figure === 'count' && <span className={styles.share}> {format.percent(row.share)}</span>}
    </td>
  );
}

function GroupName({ row, address }: { readonly row: StatRow; readonly address: LogAddress }) {
  const t = useTranslate();
  const { by } = address.stats;
  if (row.isOther) return <span className={styles.muted}>{t('logStats.other')}</span>;
  if (row.value === undefined) return <span className={styles.muted}>{t('logStats.all')}</span>;
  const facet: Facet = { field: by, label: by, queryName: by, column: undefined, count: 0, hasNumbers: false };
  const text = row.value === null ? t('fields.missing') : row.value === '' ? t('value.emptyString') : showControls(row.value);
  const [wanted, unwanted] =
    row.value === null
      ? [missingFilter(facet), presentFilter(facet)]
      : [valueFilter(facet, row.value), `-${valueFilter(facet, row.value)}`];
  return (
    <span className={styles.group}>
      <button
        type="button"
        className={styles.value}
        data-value={row.value ?? ''}
        title={t('logStats.showRecords', { value: text })}
        aria-label={t('logStats.showRecords', { value: text })}
        onClick={() => address.showRecords(wanted)}
      >
        {row.value === null ? <span className={styles.muted}>{text}</span> : <ValueMark facet={facet} value={row.value} text={text} />}
      </button>
      <IconButton
        icon="exclude"
        size="small"
        className={styles.exclude ?? ''}
        label={t('logStats.exclude', { value: text })}
        onClick={() => address.filter(unwanted, 'include')}
      />
    </span>
  );
}

interface StatLineProps {
  readonly row: StatRow;
  readonly most: number;
  readonly buckets: NonNullable<StatsAnswer['buckets']>;
}

/** The figure over the range, from 0 to the greatest of all rows. Said in words: when it was the highest. */
function StatLine({ row, most, buckets }: StatLineProps) {
  const t = useTranslate();
  const format = useFormat();
  const known = row.points.filter((point) => point !== undefined);
  const highest = Math.max(...known);
  const from = known.length === 0 ? undefined : buckets[row.points.indexOf(highest)]?.from;
  const label =
    from === undefined
      ? t('logStats.noLine')
      : t('logStats.highest', { shown: format.number(roundFigure(highest)), time: format.inRange(Date.parse(from), rangeOf(buckets)) });
  return (
    <svg className={styles.line} viewBox={`0 -1 ${LINE.width} ${LINE.height + 2}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <title>{label}</title>
      <line className={styles.axis} x1="0" x2={LINE.width} y1={LINE.height + 0.5} y2={LINE.height + 0.5} />
      <path className={styles.path} d={pointsPath(row.points, { ...LINE, most })} />
    </svg>
  );
}

function rangeOf(buckets: StatLineProps['buckets']): TimeRange {
  return { fromMillis: Date.parse(buckets[0]?.from ?? ''), toMillis: Date.parse(buckets.at(-1)?.to ?? '') };
}
