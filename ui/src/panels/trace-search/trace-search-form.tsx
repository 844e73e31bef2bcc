import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { operationsQuery, servicesQuery } from '../../api/queries.ts';
import { parseDuration } from '../../logic/duration-format.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import styles from './trace-search.module.css';
import { NO_FILTERS, type TraceAddress, type TraceFilters } from './use-trace-search.ts';

/** What a trace is most often looked for by, beside the query. Menus act at once, fields on Enter. */
export function TraceSearchForm({ address }: { readonly address: TraceAddress }) {
  const t = useTranslate();
  const listId = useId();
  const { filters } = address;
  const [draft, setDraft] = useState(filters);
  const { service, operation, min, max, status } = filters;
  useEffect(() => setDraft({ service, operation, min, max, status }), [service, operation, min, max, status]);
  const services = useQuery(servicesQuery()).data?.services ?? [];
  const operations = useQuery(operationsQuery(draft.service)).data?.operations ?? [];
  const durationIsWrong = (text: string) => text !== '' && parseDuration(text) === undefined;
  const isWrong = durationIsWrong(draft.min) || durationIsWrong(draft.max);
  const apply = (change: Partial<TraceFilters>) => {
    const next = { ...draft, ...change };
    setDraft(next);
    if (!durationIsWrong(next.min) && !durationIsWrong(next.max)) address.setFilters(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    apply({});
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label={t('traces.form')}>
      <label className={styles.field}>
        {t('logs.service')}
        <select
          className={`${styles.input} ${styles.wide}`}
          value={draft.service}
          onChange={(event) => apply({ service: event.target.value, operation: '' })}
        >
          <option value="">{t('traces.anyService')}</option>
          {services.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          {draft.service !== '' && !services.some(({ name }) => name === draft.service) && (
            <option value={draft.service}>{draft.service}</option>
          )}
        </select>
      </label>
      <label className={styles.field}>
        {t('traces.operation')}
        <input
          className={`${styles.input} ${styles.wide}`}
          list={listId}
          value={draft.operation}
          placeholder={t('traces.anyOperation')}
          onChange={(event) => setDraft({ ...draft, operation: event.target.value })}
        />
        <datalist id={listId}>
          {[...new Set(operations.map(({ name }) => name))].map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </label>
      <DurationField
        label={t('traces.minDuration')}
        value={draft.min}
        isWrong={durationIsWrong(draft.min)}
        onChange={(next) => setDraft({ ...draft, min: next })}
      />
      <DurationField
        label={t('traces.maxDuration')}
        value={draft.max}
        isWrong={durationIsWrong(draft.max)}
        onChange={(next) => setDraft({ ...draft, max: next })}
      />
      <label className={styles.field}>
        {t('traces.status')}
        <select className={styles.input} value={draft.status} onChange={(event) => apply({ status: event.target.value })}>
          <option value="">{t('traces.anyStatus')}</option>
          <option value="error">{t('traces.statusError')}</option>
          <option value="ok">{t('traces.statusOk')}</option>
          <option value="unset">{t('traces.statusUnset')}</option>
        </select>
      </label>
      <Button type="submit">{t('traces.search')}</Button>
      {Object.values(filters).some((value) => value !== '') && (
        <Button look="quiet" onClick={() => address.setFilters(NO_FILTERS)}>
          {t('traces.clear')}
        </Button>
      )}
      {isWrong && (
        <p className={styles.problem} role="alert">
          {t('traces.durationHelp')}
        </p>
      )}
    </form>
  );
}

interface DurationFieldProps {
  readonly label: string;
  readonly value: string;
  readonly isWrong: boolean;
  readonly onChange: (value: string) => void;
}

function DurationField({ label, value, isWrong, onChange }: DurationFieldProps) {
  return (
    <label className={styles.field}>
      {label}
      <input
        className={styles.input}
        value={value}
        placeholder="250ms"
        aria-invalid={isWrong}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
