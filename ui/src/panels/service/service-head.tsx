import { Link } from '@tanstack/react-router';
import type { ServiceFiguresAnswer } from '@threadline/collector/api';
import { environmentFilter, queryIn } from '../../logic/environment.ts';
import { recordFilter } from '../../logic/query-filter.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { buttonClass } from '../../shared/Button/button.tsx';
import { Icon } from '../../shared/Icon/icon.tsx';
import { EnvironmentSelect } from '../../shared/SelectField/environment-select.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { StateMark, useReasonText } from '../../shared/ServiceState/service-state.tsx';
import { placeUrl, rangeUrl } from '../../state/last-search.ts';
import { newLogsUrl } from '../../state/log-look.ts';
import styles from './service.module.css';
import type { ServiceAddress } from './use-service-address.ts';

interface ServiceHeadProps {
  readonly address: ServiceAddress;
  readonly answer: ServiceFiguresAnswer | undefined;
}

/** Which service it is, how it fares and why, and the ways to its records. */
export function ServiceHead({ address, answer }: ServiceHeadProps) {
  const t = useTranslate();
  const reasonText = useReasonText();
  const { service, environment } = address;
  const range = rangeUrl(address.range);
  return (
    <header className={styles.head}>
      <h1 id="service-name" className={styles.title} title={service}>
        <ServiceName name={service} />
      </h1>
      {answer && (
        <p className={styles.state}>
          <StateMark state={answer.state} since={answer} /> <span className={styles.why}>{reasonText(answer)}</span>
        </p>
      )}
      <EnvironmentSelect environment={environment} onChange={address.setEnvironment} range={address.range} service={service} />
      <span className={styles.ways}>
        <Link
          to="/logs"
          search={newLogsUrl({ q: queryIn(environment, recordFilter('service', service)), ...range })}
          className={buttonClass({ size: 'small' })}
        >
          <Icon name="logs" />
          {t('service.logs')}
        </Link>
        <Link
          to="/traces"
          search={{ service, ...(environment !== undefined && { q: environmentFilter(environment) }), ...range }}
          className={buttonClass({ size: 'small' })}
        >
          <Icon name="traces" />
          {t('service.traces')}
        </Link>
        <Link to="/services" search={placeUrl(address.place)} className={buttonClass({ size: 'small' })}>
          <Icon name="services" />
          {t('service.all')}
        </Link>
      </span>
      <p className={styles.rule}>
        {t('services.rule')} {answer?.figures.isWeighted && t('services.weighted')}
      </p>
    </header>
  );
}
