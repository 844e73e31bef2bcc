import type { StatusAnswer } from '@threadline/collector/api';
import { Fragment } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { ReasonTable } from './reason-table.tsx';
import { StateMark } from './state-mark.tsx';
import styles from './status.module.css';

/** What keeps the records, whether it answers, and what it keeps less well than it came. */
export function StorageSection({ storage }: { readonly storage: StatusAnswer['storage'] }) {
  const t = useTranslate();
  const format = useFormat();
  const { kind, status, fault, notes, reduced, damaged, withoutPattern, withoutErrorGroup } = storage;
  return (
    <section className={styles.section} aria-labelledby="status-storage">
      <h2 id="status-storage" className={styles.heading}>
        {t('status.storage')}
      </h2>
      <dl className={styles.facts}>
        <dt>{t('status.kind')}</dt>
        <dd>{t(kind === 'embedded' ? 'status.kindEmbedded' : 'status.kindElasticsearch')}</dd>
        <dt>{t('status.state')}</dt>
        <dd>
          <StateMark isWell={status === 'ok'} text={t(status === 'ok' ? 'status.storageOk' : 'status.storageUnavailable')} />
          {fault !== undefined && <p className={styles.reason}>{showControls(t.say(fault))}</p>}
        </dd>
        {Object.entries(notes).map(([name, note]) => (
          <Fragment key={name}>
            <dt className={styles.data}>{t.say(name)}</dt>
            <dd className={styles.data}>{showControls(t.say(note))}</dd>
          </Fragment>
        ))}
        <dt>{t('status.damaged')}</dt>
        <dd>{t('status.damagedParts', { count: damaged.count, shown: format.number(damaged.count) })}</dd>
        <dt>{t('status.reduced')}</dt>
        <dd>{t('status.records', { count: reduced.count, shown: format.number(reduced.count) })}</dd>
      </dl>
      {damaged.reasons.length > 0 && (
        <ReasonTable label={t('status.damaged')} reasons={damaged.reasons} columns={{ reason: 'status.reason', count: 'status.parts' }} />
      )}
      {withoutPattern.length > 0 && <Others label={t('status.withoutPattern')} services={withoutPattern} />}
      {withoutErrorGroup.length > 0 && <Others label={t('status.withoutErrorGroup')} services={withoutErrorGroup} />}
      {reduced.reasons.length > 0 && <ReasonTable label={t('status.reduced')} reasons={reduced.reasons} />}
    </section>
  );
}

/** Services with more of something than is kept apart, and what the rest looks like. */
function Others(props: { readonly label: string; readonly services: StatusAnswer['storage']['withoutPattern'] }) {
  const { label, services } = props;
  const t = useTranslate();
  const format = useFormat();
  return (
    <table className={styles.table} aria-label={label}>
      <caption className={styles.caption}>{label}</caption>
      <thead>
        <tr>
          <th scope="col">{t('status.othersService')}</th>
          <th scope="col" className={styles.number}>
            {t('status.count')}
          </th>
          <th scope="col">{t('status.othersExamples')}</th>
        </tr>
      </thead>
      <tbody>
        {services.map(({ service, count, examples }) => (
          <tr key={service}>
            <td>
              <ServiceName name={service} />
            </td>
            <td className={styles.number}>{format.number(count)}</td>
            <td className={styles.reason}>
              {examples.map((example) => (
                <div key={example}>{showControls(example)}</div>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
