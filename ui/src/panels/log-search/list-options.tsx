import * as Popover from '@radix-ui/react-popover';
import type { LogRecord } from '@threadline/collector/api';
import { type ReactNode, useMemo, useState } from 'react';
import { listedKeys } from '../../logic/listed-keys.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button, IconButton } from '../../shared/Button/button.tsx';
import { Choice } from '../../shared/Choice/choice.tsx';
import { keepLogLook, useLogLook } from '../../state/log-look.ts';
import { DENSITIES, setPreferences, usePreferences } from '../../state/preferences.ts';
import styles from './log-columns.module.css';
import type { LogAddress } from './use-log-search.ts';

/** More are found by their names. */
const MAX_SHOWN_KEYS = 200;

interface ListOptionsProps {
  readonly address: LogAddress;
  readonly records: readonly LogRecord[];
}

/** How the list looks: its columns, its lines. */
export function ListOptions({ address, records }: ListOptionsProps) {
  const t = useTranslate();
  const { density } = usePreferences();
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <IconButton icon="columns" size="small" label={t('columns.options')} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.panel} align="end" sideOffset={4} collisionPadding={8} aria-label={t('columns.options')}>
          <label className={styles.check}>
            <input type="checkbox" checked={address.isWrapped} onChange={() => address.setWrapped(!address.isWrapped)} />
            {t('columns.wrap')}
          </label>
          <Choice
            legend={t('settings.density')}
            value={density}
            onChange={(next) => setPreferences({ density: next })}
            options={DENSITIES.map((value) => ({ value, label: t(value === 'compact' ? 'settings.compact' : 'settings.comfortable') }))}
          />
          <ColumnKeys address={address} records={records} />
          <KeepLook address={address} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** The chosen ones in their order, with ways to change it; below them what else the records have. */
function ColumnKeys({ address, records }: ListOptionsProps) {
  const t = useTranslate();
  const [text, setText] = useState('');
  const all = useMemo(() => listedKeys(records), [records]);
  const { columnKeys } = address;
  const isFound = (key: string) => key.toLowerCase().includes(text.trim().toLowerCase());
  const chosen = columnKeys.filter(isFound);
  const others = all.filter((key) => !columnKeys.includes(key) && isFound(key)).slice(0, MAX_SHOWN_KEYS);
  return (
    <>
      <h2 className={styles.title}>{t('columns.title')}</h2>
      <input
        className={styles.find}
        type="search"
        aria-label={t('columns.find')}
        placeholder={t('columns.find')}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <ul className={styles.keys}>
        {chosen.map((key) => (
          <ColumnKey key={key} name={key} address={address}>
            <IconButton
              icon="up"
              size="small"
              label={t('columns.moveLeft', { column: key })}
              disabled={columnKeys.indexOf(key) === 0}
              onClick={() => address.moveColumn(key, columnKeys.indexOf(key) - 1)}
            />
            <IconButton
              icon="down"
              size="small"
              label={t('columns.moveRight', { column: key })}
              disabled={columnKeys.indexOf(key) === columnKeys.length - 1}
              onClick={() => address.moveColumn(key, columnKeys.indexOf(key) + 2)}
            />
          </ColumnKey>
        ))}
        {others.map((key) => (
          <ColumnKey key={key} name={key} address={address} />
        ))}
      </ul>
      {chosen.length + others.length === 0 && <p className={styles.none}>{t('columns.none')}</p>}
    </>
  );
}

/** The columns and lines that are shown now, for searches that begin later. */
function KeepLook({ address: { look } }: { readonly address: LogAddress }) {
  const t = useTranslate();
  const kept = useLogLook();
  if (kept.cols === look.cols && kept.wrap === look.wrap) return <p className={styles.none}>{t('columns.kept')}</p>;
  return (
    <Button size="small" title={t('columns.keepHelp')} onClick={() => keepLogLook(look)}>
      {t('columns.keep')}
    </Button>
  );
}

interface ColumnKeyProps {
  readonly name: string;
  readonly address: LogAddress;
  readonly children?: ReactNode;
}

function ColumnKey({ name, address, children }: ColumnKeyProps) {
  return (
    <li className={styles.key}>
      <label className={styles.check} title={name}>
        <input type="checkbox" checked={address.columnKeys.includes(name)} onChange={() => address.toggleColumn(name)} />
        <span className={styles.keyName}>{name}</span>
      </label>
      {children}
    </li>
  );
}
