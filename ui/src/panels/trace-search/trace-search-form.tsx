import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { operationsQuery, servicesQuery } from '../../api/queries.ts';
import { parseDuration } from '../../logic/duration-format.ts';
import { queryProblem } from '../../logic/query-problem.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { Choice } from '../../shared/Choice/choice.tsx';
import { OtherSpans } from './other-spans.tsx';
import styles from './trace-search.module.css';
import { NO_FILTERS, type TraceAddress, type TraceFilters } from './use-trace-search.ts';

/** What a trace is most often looked for by, beside the query. Menus act at once, fields on Enter. */
export function TraceSearchForm({ address }: { readonly address: TraceAddress }) {
  const t = useTranslate();
  const listId = useId();
  const { filters, others } = address;
  const [draft, setDraft] = useState(filters);
  const { service, operation, min, max, status, tmin, tmax } = filters;
  useEffect(() => setDraft({ service, operation, min, max, status, tmin, tmax }), [service, operation, min, max, status, tmin, tmax]);
  const [draftOthers, setDraftOthers] = useState<readonly string[]>(others);
  useEffect(() => setDraftOthers(others), [others]);
  const services = useQuery(servicesQuery()).data?.services ?? [];
  const operations = useQuery(operationsQuery(draft.service)).data?.operations ?? [];
  const durationIsWrong = (text: string) => text !== '' && parseDuration(text) === undefined;
  const isWrong = (next: TraceFilters) => [next.min, next.max, next.tmin, next.tmax].some(durationIsWrong);
  const apply = (change: Partial<TraceFilters>, nextOthers: readonly string[] = draftOthers) => {
    const next = { ...draft, ...change };
    const kept = nextOthers.map((text) => text.trim()).filter((text) => text !== '');
    setDraft(next);
    setDraftOthers(nextOthers);
    if (!isWrong(next) && kept.every((text) => queryProblem(text, 'spans') === undefined)) address.setForm(next, kept);
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
      {address.isFiltered && (
        <Button look="quiet" onClick={() => apply(NO_FILTERS, [])}>
          {t('traces.clear')}
        </Button>
      )}
      {isWrong(draft) && (
        <p className={styles.problem} role="alert">
          {t('traces.durationHelp')}
        </p>
      )}
      <div className={styles.more}>
        <OtherSpans
          drafts={draftOthers}
          services={services.map(({ name }) => name)}
          onDraft={setDraftOthers}
          onRemove={(next) => apply({}, next)}
        />
        <DurationField
          label={t('traces.traceMin')}
          value={draft.tmin}
          isWrong={durationIsWrong(draft.tmin)}
          onChange={(next) => setDraft({ ...draft, tmin: next })}
        />
        <DurationField
          label={t('traces.traceMax')}
          value={draft.tmax}
          isWrong={durationIsWrong(draft.tmax)}
          onChange={(next) => setDraft({ ...draft, tmax: next })}
        />
        <div className={styles.order}>
          <Choice
            legend={t('traces.order')}
            isLegendHidden
            options={[
              { value: 'newest', label: t('traces.newestFirst') },
              { value: 'slowest', label: t('traces.slowestFirst') },
            ]}
            value={address.order}
            onChange={address.setOrder}
          />
        </div>
      </div>
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
