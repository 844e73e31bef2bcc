import type { ErrorGroupSummary, ErrorGroupsAnswer } from '@threadline/collector/api';
import { useId } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { isNewInRange, newAfterMillis, rfc3339Nanos, toldFrom } from '../../logic/error-groups.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { clockNow } from '../../state/search-clock.ts';
import { Icon } from '../Icon/icon.tsx';
import { PatternParts } from '../PatternParts/pattern-parts.tsx';
import { ServiceName } from '../ServiceName/service-name.tsx';
import { Trend } from '../Trend/trend.tsx';
import { ErrorDetail } from './error-detail.tsx';
import styles from './error-groups.module.css';
import type { ErrorsRange } from './error-groups.tsx';

const NANOS_A_MILLI = 1e6;

interface ErrorRowProps {
  readonly group: ErrorGroupSummary;
  readonly buckets: ErrorGroupsAnswer['buckets'];
  readonly range: ErrorsRange;
  readonly showsService: boolean;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

/** One error: how many and when, what it is, since when. Open, it shows where it comes from. */
export function ErrorRow({ group, buckets, range, showsService, isOpen, onToggle }: ErrorRowProps) {
  const t = useTranslate();
  const format = useFormat();
  const detailId = useId();
  const { type, message, count, trend, service, firstSeen, lastSeen } = group;
  return (
    <li className={styles.item} data-open={isOpen}>
      <button
        type="button"
        className={styles.row}
        data-error={group.fingerprint}
        aria-expanded={isOpen}
        {...(isOpen && { 'aria-controls': detailId })}
        onClick={onToggle}
      >
        <span className={styles.chevron}>
          <Icon name={isOpen ? 'down' : 'right'} />
        </span>
        <span className={styles.count}>
          {format.number(count)}
          <span className={styles.hidden}> {t('errors.count', { count })}</span>
        </span>
        <Trend trend={trend} buckets={buckets} className={styles.trend} isOfErrors />
        <span className={styles.what}>
          <span className={styles.head}>
            <span className={styles.type}>{type === '' ? t('errors.untyped') : showControls(type)}</span>
            <NewBadge group={group} range={range} />
            {showsService && <ServiceName name={service} />}
          </span>
          {message.length > 0 && (
            <span className={styles.message}>
              <PatternParts parts={message} />
            </span>
          )}
        </span>
        <SeenTime label={t('errors.firstSeen')} time={firstSeen} />
        <SeenTime label={t('errors.lastSeen')} time={lastSeen} />
      </button>
      {isOpen && <ErrorDetail id={detailId} group={group} range={range} />}
    </li>
  );
}

/** An error that came with a version, or so long after it; more so where it came with it in the range. */
function NewBadge({ group, range: { range } }: Pick<ErrorRowProps, 'group' | 'range'>) {
  const t = useTranslate();
  const { newSince } = group;
  if (newSince === undefined) return null;
  const afterMillis = newAfterMillis(group);
  const named = { version: newSince, after: formatDuration((afterMillis ?? 0) * NANOS_A_MILLI) };
  return (
    <span
      className={styles.new}
      data-fresh={afterMillis === undefined && isNewInRange(group, range)}
      title={t(afterMillis === undefined ? 'errors.newHelp' : 'errors.newAfterHelp', named)}
    >
      {t(afterMillis === undefined ? 'errors.newSince' : 'errors.newAfter', named)}
    </span>
  );
}

function SeenTime({ label, time }: { readonly label: string; readonly time: string }) {
  const format = useFormat();
  const exact = rfc3339Nanos(time);
  const millis = Date.parse(time);
  return (
    <span className={styles.seen} title={`${format.exact(exact)}\n${format.otherZone(exact)}`}>
      <span className={styles.label}>{label}</span>{' '}
      {format.fromNow(millis, toldFrom(millis, { pageMillis: clockNow(), nowMillis: Date.now() }))}
    </span>
  );
}
