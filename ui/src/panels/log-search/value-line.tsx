import { LEVELS } from '@threadline/query-language';
import type { ReactNode } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { type Facet, valueFilter } from '../../logic/facets.ts';
import { hasFilter } from '../../logic/query-edit.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { IconButton } from '../../shared/Button/button.tsx';
import { CutName } from '../../shared/CutName/cut-name.tsx';
import { LevelMark } from '../../shared/LevelMark/level-mark.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import styles from './field-panel.module.css';
import type { LogAddress } from './use-log-search.ts';

interface ValueLineProps {
  readonly facet: Facet;
  readonly value: string;
  readonly count: number;
  /** Records that match: the bar is the value's share of them. */
  readonly total: number;
  readonly address: LogAddress;
}

/** One value with its count: a click narrows the search to it, another takes that back, and beside it is the way to leave it out. */
export function ValueLine({ facet, value, count, total, address }: ValueLineProps) {
  const t = useTranslate();
  const format = useFormat();
  const filter = valueFilter(facet, value);
  const isIncluded = hasFilter(address.query, filter);
  const text = value === '' ? t('value.emptyString') : showControls(value);
  const named = { field: facet.label, value: text };
  const label = t(isIncluded ? 'fields.noInclude' : 'fields.include', named);
  return (
    <li className={styles.line}>
      <button type="button" className={styles.value} aria-pressed={isIncluded} title={label} onClick={() => address.toggle(filter)}>
        <span className={styles.bar} style={{ width: `${total === 0 ? 0 : Math.min(100, (count / total) * 100)}%` }} />
        <span className={styles.valueText}>
          <ValueMark facet={facet} value={value} text={<CutName name={text} />} />
        </span>
        <span className={styles.count}>{format.number(count)}</span>
      </button>
      <IconButton
        icon="exclude"
        size="small"
        className={styles.exclude ?? ''}
        label={t('fields.exclude', named)}
        onClick={() => address.filter(filter, 'exclude')}
      />
    </li>
  );
}

/** Levels and services look as they do in the list. */
export function ValueMark({ facet, value, text }: { readonly facet: Facet; readonly value: string; readonly text: ReactNode }) {
  const level = facet.field === 'level' ? LEVELS.find((name) => name.toLowerCase() === value) : undefined;
  if (level !== undefined) return <LevelMark level={level} />;
  return facet.field === 'service' ? <ServiceName name={value} /> : text;
}
