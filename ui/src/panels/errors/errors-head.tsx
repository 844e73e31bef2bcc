import { useQuery } from '@tanstack/react-query';
import type { ErrorGroupsAnswer, ErrorOrder } from '@threadline/collector/api';
import { servicesQuery } from '../../api/queries.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Choice } from '../../shared/Choice/choice.tsx';
import { EnvironmentSelect } from '../../shared/SelectField/environment-select.tsx';
import { SelectField } from '../../shared/SelectField/select-field.tsx';
import styles from './errors.module.css';
import type { ErrorsAddress } from './use-errors-address.ts';

const ORDERS: readonly ErrorOrder[] = ['count', 'last', 'first'];
const ORDER_NAMES: Readonly<Record<ErrorOrder, MessageKey>> = {
  count: 'errors.mostFirst',
  last: 'errors.latestFirst',
  first: 'errors.newestFirst',
};

/** How many errors there are, of which service, and in which order. */
export function ErrorsHead({ address, answer }: { readonly address: ErrorsAddress; readonly answer: ErrorGroupsAnswer | undefined }) {
  const t = useTranslate();
  const format = useFormat();
  const services = useQuery(servicesQuery()).data?.services ?? [];
  const { service = '' } = address;
  return (
    <div className={styles.head}>
      <SelectField label={t('logs.service')} value={service} onChange={address.setService}>
        <option value="">{t('traces.anyService')}</option>
        {services.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        {service !== '' && !services.some(({ name }) => name === service) && <option value={service}>{service}</option>}
      </SelectField>
      <EnvironmentSelect
        environment={address.environment}
        onChange={address.setEnvironment}
        range={address.range}
        {...(service !== '' && { service })}
      />
      <span className={styles.summary} aria-live="polite">
        {answer &&
          t('errors.summary', {
            total: answer.total,
            shownTotal: format.number(answer.total),
            count: answer.groupCount,
            shown: format.number(answer.groupCount),
          })}
      </span>
      <Choice
        legend={t('errors.order')}
        isLegendHidden
        options={ORDERS.map((value) => ({ value, label: t(ORDER_NAMES[value]) }))}
        value={address.order}
        onChange={address.setOrder}
      />
    </div>
  );
}
