import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ErrorGroupAnswer, ErrorGroupDetail, ErrorGroupSummary } from '@threadline/collector/api';
import { errorQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import { showControls } from '../../logic/control-characters.ts';
import { queryIn } from '../../logic/environment.ts';
import { errorGroupQuery, repeatedTraces, rfc3339Nanos } from '../../logic/error-groups.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { newLogsUrl } from '../../state/log-look.ts';
import { buttonClass } from '../Button/button.tsx';
import { Icon } from '../Icon/icon.tsx';
import { PartState } from '../PageState/part-state.tsx';
import { Timestamp } from '../Timestamp/timestamp.tsx';
import { ErrorExamples } from './error-examples.tsx';
import styles from './error-groups.module.css';
import type { ErrorsRange } from './error-groups.tsx';
import { ErrorStack } from './error-stack.tsx';
import { ErrorTrend } from './error-trend.tsx';

interface ErrorDetailProps {
  readonly id: string;
  readonly group: ErrorGroupSummary;
  readonly range: ErrorsRange;
}

/** Where an error comes from, and the requests that met it. */
export function ErrorDetail({ id, group, range }: ErrorDetailProps) {
  const t = useTranslate();
  const { fingerprint, service } = group;
  const { environment } = range;
  const asked = { fingerprint, service, environment };
  const shown = useKeptRange(range.range, {
    question: JSON.stringify([asked, range.text]),
    keysOf: (part) => [errorQuery({ ...asked, range: part }).queryKey],
    name: 'errors.detail',
  });
  const query = useQuery({
    ...errorQuery({ ...asked, range: shown }),
    // Of another range, but never of another error.
    placeholderData: (before, known) => (known?.queryKey[1] === fingerprint && known.queryKey[2] === service ? before : undefined),
  });
  const { data } = query;
  const detail = data?.groups[0];
  return (
    <section id={id} className={styles.detail} aria-label={t('errors.detail')} aria-busy={query.isFetching}>
      {detail ? (
        <Detail detail={detail} buckets={data.buckets} range={{ ...range, range: shown }} />
      ) : (
        <PartState query={query} failedTitle={t('errors.detailFailed')} />
      )}
    </section>
  );
}

interface DetailProps {
  readonly detail: ErrorGroupDetail;
  readonly buckets: ErrorGroupAnswer['buckets'];
  readonly range: ErrorsRange;
}

function Detail({ detail, buckets, range }: DetailProps) {
  const t = useTranslate();
  const format = useFormat();
  const { stack, examples, sources, operations, versions, inCommon } = detail;
  const query = queryIn(range.environment, errorGroupQuery(detail));
  const repeated = repeatedTraces(detail);
  return (
    <>
      <div className={styles.where}>
        <ErrorTrend detail={detail} buckets={buckets} range={range.range} />
        {stack.length > 0 ? <ErrorStack stack={stack} /> : <p className={styles.waiting}>{t('errors.noStack')}</p>}
      </div>
      <div className={styles.facts}>
        <h3 className={styles.heading}>
          {repeated === undefined
            ? t('errors.requests')
            : t('errors.repeated', { count: repeated, shown: format.number(repeated), times: format.number(detail.count) })}
        </h3>
        {examples.length > 0 ? <ErrorExamples detail={detail} range={range} /> : <p className={styles.waiting}>{t('errors.noRequests')}</p>}
        <div className={styles.links}>
          {sources.includes('log') && (
            <Link to="/logs" search={newLogsUrl({ q: query, ...range.text })} className={buttonClass({ size: 'small' })}>
              <Icon name="logs" />
              {t('errors.itsLogs')}
            </Link>
          )}
          {sources.includes('span') && (
            <Link to="/traces" search={{ q: query, ...range.text }} className={buttonClass({ size: 'small' })}>
              <Icon name="traces" />
              {t('errors.itsTraces')}
            </Link>
          )}
        </div>
        {inCommon && (
          <>
            <h3 className={styles.heading}>
              {t('errors.inCommon', { count: inCommon.requests, shown: format.number(inCommon.requests) })}
            </h3>
            <ul className={styles.operations}>
              {inCommon.attributes.map(({ key, value, others }) => (
                <li key={key}>
                  <span className={styles.data}>{showControls(`${key} ${value}`)}</span>{' '}
                  <span className={styles.waiting}>
                    {t('errors.inOthers', { others: format.number(others), total: format.number(inCommon.others) })}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
        {operations.length > 0 && (
          <>
            <h3 className={styles.heading}>{t('errors.operations')}</h3>
            <ul className={styles.operations}>
              {operations.map(({ name, count }) => (
                <li key={name}>
                  <span className={styles.number}>{format.number(count)}</span> <span className={styles.data}>{spanName(name, t)}</span>
                </li>
              ))}
            </ul>
          </>
        )}
        <h3 className={styles.heading}>{t('errors.versions')}</h3>
        <table className={styles.versions}>
          <thead>
            <tr>
              <th scope="col">{t('errors.version')}</th>
              <th scope="col">{t('errors.firstSeen')}</th>
              <th scope="col">{t('errors.lastSeen')}</th>
            </tr>
          </thead>
          <tbody>
            {versions.map(({ version, firstSeen, lastSeen }) => (
              <tr key={version}>
                <td className={styles.data}>{version === '' ? t('errors.noVersion') : showControls(version)}</td>
                <td>
                  <Timestamp nanos={rfc3339Nanos(firstSeen)} form="dayClock" />
                </td>
                <td>
                  <Timestamp nanos={rfc3339Nanos(lastSeen)} form="dayClock" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
