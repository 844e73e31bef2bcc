import { useState } from 'react';
import { showControlsInBlock } from '../../logic/control-characters.ts';
import { safeLink } from '../../logic/safe-link.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../Button/button.tsx';
import { Menu, MenuItem, MenuLink } from '../Menu/menu.tsx';
import { copyWithNotice } from '../Notice/notice-text.ts';
import styles from './attributes.module.css';
import type { FilterActions } from './filter-actions.ts';

/** Longer values are cut until the reader asks for all of them. */
const SHOWN_CHARACTERS = 600;

interface ValueMenuProps {
  readonly text: string;
  /** Undefined where the query language cannot ask for the value. */
  readonly filter: string | undefined;
  /** The key that a column would have; undefined where none can. */
  readonly column: string | undefined;
  readonly actions: FilterActions;
}

/** A value; a click on it offers what can be done with it. */
export function ValueMenu({ text, filter, column, actions }: ValueMenuProps) {
  const t = useTranslate();
  const [whole, setWhole] = useState(false);
  const isCut = !whole && text.length > SHOWN_CHARACTERS;
  const shown = showControlsInBlock(isCut ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
  const { columns, onFilter } = actions;
  const link = safeLink(text);
  return (
    <>
      <Menu
        trigger={
          <button type="button" className={`${styles.value} ${text === '' ? styles.none : ''}`}>
            {text === '' ? t('value.emptyString') : shown}
          </button>
        }
      >
        {filter !== undefined && onFilter !== undefined && (
          <>
            <MenuItem label={t('value.include')} onSelect={() => onFilter(filter, 'include')} />
            <MenuItem label={t('value.exclude')} onSelect={() => onFilter(filter, 'exclude')} />
            <MenuItem label={t('value.only')} onSelect={() => onFilter(filter, 'only')} />
          </>
        )}
        {columns !== undefined && column !== undefined && (
          <MenuItem
            label={t(columns.shown.includes(column) ? 'value.removeColumn' : 'value.addColumn')}
            onSelect={() => columns.onToggle(column)}
          />
        )}
        <MenuItem label={t('value.copy')} onSelect={() => copyWithNotice(text, t)} />
        {link !== undefined && <MenuLink label={t('value.openLink')} href={link} />}
      </Menu>
      {isCut && (
        <Button look="quiet" size="small" className={styles.more ?? ''} onClick={() => setWhole(true)}>
          {t('value.showAll')}
        </Button>
      )}
    </>
  );
}
