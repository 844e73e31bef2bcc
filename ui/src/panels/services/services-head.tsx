import { countStates, type ServiceRow, SHOWN_STATES } from '../../logic/service-rows.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { Choice } from '../../shared/Choice/choice.tsx';
import { EnvironmentSelect } from '../../shared/SelectField/environment-select.tsx';
import { STATE_NAMES } from '../../shared/ServiceState/service-state.tsx';
import styles from './services.module.css';
import type { ServicesAddress } from './use-services-address.ts';

interface ServicesHeadProps {
  readonly address: ServicesAddress;
  readonly rows: readonly ServiceRow[];
  readonly shownCount: number;
  /** Undefined where rows are in order. */
  readonly onSort: (() => void) | undefined;
}

/** What the list is filtered by, how many services are in each state, and by which rule the figures are counted. */
export function ServicesHead({ address, rows, shownCount, onSort }: ServicesHeadProps) {
  const t = useTranslate();
  const format = useFormat();
  const counts = countStates(rows);
  const isWeighted = rows.some(({ figures }) => figures?.isWeighted === true);
  return (
    <div className={styles.head}>
      <input
        type="search"
        className={styles.input}
        aria-label={t('services.find')}
        placeholder={t('services.find')}
        value={address.find}
        onChange={(event) => address.setFind(event.target.value)}
      />
      <EnvironmentSelect environment={address.environment} onChange={address.setEnvironment} range={address.range} />
      <Choice
        legend={t('services.view')}
        isLegendHidden
        options={[
          { value: 'list', label: t('services.list') },
          { value: 'map', label: t('services.map') },
        ]}
        value={address.view}
        onChange={address.setView}
      />
      {address.view === 'list' && (
        <div className={styles.states} role="group" aria-label={t('services.state')}>
          {SHOWN_STATES.filter((state) => counts[state] > 0 || address.state === state).map((state) => (
            <button
              key={state}
              type="button"
              className={styles.stateFilter}
              aria-pressed={address.state === state}
              onClick={() => address.setState(address.state === state ? undefined : state)}
            >
              {t(STATE_NAMES[state])} <span className={styles.count}>{format.number(counts[state])}</span>
            </button>
          ))}
        </div>
      )}
      <span className={styles.summary} aria-live="polite">
        {rows.length > 0 && address.view === 'list' && t('services.summary', { count: shownCount, shown: format.number(shownCount) })}
      </span>
      {onSort && (
        <Button size="small" title={t('services.sortAgainWhy')} onClick={onSort}>
          {t('services.sortAgain')}
        </Button>
      )}
      <span className={styles.rule}>
        {t('services.rule')} {isWeighted && t('services.weighted')}
      </span>
    </div>
  );
}
