import * as Popover from '@radix-ui/react-popover';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { cleanName, findSaved, MAX_NAME_CHARACTERS, MAX_SAVED, type SavedSearch } from '../../logic/saved-searches.ts';
import { DEFAULT_RANGE } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button, buttonClass, IconButton } from '../../shared/Button/button.tsx';
import { Icon } from '../../shared/Icon/icon.tsx';
import { Menu, MenuItem } from '../../shared/Menu/menu.tsx';
import { copyWithNotice } from '../../shared/Notice/notice-text.ts';
import { rangeLabel } from '../../shared/TimeRangePicker/range-label.ts';
import { useSavedSearches } from '../../state/saved-searches.ts';
import { useClock } from '../../state/search-clock.ts';
import { writeSearchText } from '../../state/url-state.ts';
import styles from './saved-searches.module.css';
import type { LogAddress } from './use-log-search.ts';

/** With fewer, all are in sight. */
const FIND_FROM = 6;

interface SavedSearchesProps {
  readonly address: LogAddress;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}

/** Searches that the reader gave names to: saved as they are shown, with range and columns, and shown again. */
export function SavedSearches({ address, open, onOpen }: SavedSearchesProps) {
  const t = useTranslate();
  return (
    <Popover.Root open={open} onOpenChange={onOpen}>
      <Popover.Trigger className={buttonClass({ look: 'quiet', size: 'small' })}>
        <Icon name="bookmark" />
        {t('saved.title')}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.panel} align="end" sideOffset={4} collisionPadding={8} aria-label={t('saved.title')}>
          <SavedPanel address={address} onDone={() => onOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function SavedPanel({ address, onDone }: { readonly address: LogAddress; readonly onDone: () => void }) {
  const t = useTranslate();
  const { list, save, rename, remove } = useSavedSearches();
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const cleaned = cleanName(name);
  const isThere = list.some((saved) => saved.name === cleaned);
  const isFull = list.length >= MAX_SAVED && !isThere;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (cleaned === '' || isFull) return;
    save({ name: cleaned, search: address.saved });
    setName('');
  };
  const canFind = list.length >= FIND_FROM || text !== '';
  const found = findSaved(list, text);
  return (
    <>
      <form className={styles.form} onSubmit={submit}>
        <input
          className={styles.input}
          aria-label={t('saved.name')}
          placeholder={t('saved.name')}
          maxLength={MAX_NAME_CHARACTERS}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" look="primary" size="small" disabled={cleaned === '' || isFull}>
          {t(isThere ? 'saved.overwrite' : 'saved.save')}
        </Button>
      </form>
      <p className={styles.help}>{isFull ? t('saved.full', { count: MAX_SAVED }) : t('saved.help')}</p>
      {canFind && (
        <input
          className={styles.input}
          type="search"
          aria-label={t('saved.find')}
          placeholder={t('saved.find')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      {found.length === 0 && <p className={styles.none}>{t(list.length === 0 ? 'saved.none' : 'saved.notFound')}</p>}
      <ul className={styles.list}>
        {found.map((saved) => (
          <SavedItem
            key={saved.name}
            saved={saved}
            onShow={() => {
              address.show(saved.search);
              onDone();
            }}
            onOverwrite={() => save({ name: saved.name, search: address.saved })}
            onRename={(next) => rename(saved.name, next)}
            onRemove={() => remove(saved.name)}
          />
        ))}
      </ul>
    </>
  );
}

interface SavedItemProps {
  readonly saved: SavedSearch;
  readonly onShow: () => void;
  readonly onOverwrite: () => void;
  readonly onRename: (name: string) => void;
  readonly onRemove: () => void;
}

function SavedItem({ saved: { name, search }, onShow, onOverwrite, onRename, onRemove }: SavedItemProps) {
  const t = useTranslate();
  const format = useFormat();
  const nowMillis = useClock();
  const range = { from: search.from ?? DEFAULT_RANGE.from, to: search.to ?? DEFAULT_RANGE.to };
  const [isRenamed, setRenamed] = useState(false);
  const copy = () => copyWithNotice(new URL(`/logs${writeSearchText(search)}`, location.href).href, t);
  if (isRenamed) {
    return (
      <li className={styles.item}>
        <NameInput
          name={name}
          onDone={(next) => {
            setRenamed(false);
            if (next !== undefined) onRename(next);
          }}
        />
      </li>
    );
  }
  return (
    <li className={styles.item}>
      <button type="button" className={styles.show} onClick={onShow} title={t('saved.show', { name })}>
        <span className={styles.name}>{name}</span>
        <span className={styles.query}>{search.q ?? t('saved.everything')}</span>
        <span className={styles.range}>{rangeLabel(range, { nowMillis: nowMillis, t, format })}</span>
      </button>
      <Menu trigger={<IconButton icon="down" size="small" label={t('saved.more', { name })} />}>
        <MenuItem label={t('saved.overwriteThis')} onSelect={onOverwrite} />
        <MenuItem label={t('saved.rename')} onSelect={() => setRenamed(true)} />
        <MenuItem label={t('saved.copyLink')} onSelect={copy} />
        <MenuItem label={t('saved.remove')} onSelect={onRemove} />
      </Menu>
    </li>
  );
}

/** `onDone` with undefined: as it was. */
function NameInput({ name, onDone }: { readonly name: string; readonly onDone: (name: string | undefined) => void }) {
  const t = useTranslate();
  const [text, setText] = useState(name);
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    onDone(event.key === 'Enter' ? text : undefined);
  };
  return (
    <input
      className={styles.input}
      aria-label={t('saved.newName', { name })}
      maxLength={MAX_NAME_CHARACTERS}
      // The reader asked to write here.
      ref={(input) => input?.focus()}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={key}
      onBlur={() => onDone(text)}
    />
  );
}
