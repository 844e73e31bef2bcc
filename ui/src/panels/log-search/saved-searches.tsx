import * as Popover from '@radix-ui/react-popover';
import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
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
  const [renamed, setRenamed] = useState<string>();
  return (
    <Popover.Root
      open={open}
      onOpenChange={(next) => {
        setRenamed(undefined);
        onOpen(next);
      }}
    >
      <Popover.Trigger className={buttonClass({ look: 'quiet', size: 'small' })}>
        <Icon name="bookmark" />
        {t('saved.title')}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles.panel}
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={t('saved.title')}
          onEscapeKeyDown={(event) => {
            if (renamed === undefined) return;
            // It ends the renaming first.
            event.preventDefault();
            setRenamed(undefined);
          }}
        >
          <SavedPanel address={address} renamed={renamed} onRenamed={setRenamed} onDone={() => onOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface SavedPanelProps {
  readonly address: LogAddress;
  /** The name that is being changed. */
  readonly renamed: string | undefined;
  readonly onRenamed: (name: string | undefined) => void;
  readonly onDone: () => void;
}

function SavedPanel({ address, renamed, onRenamed, onDone }: SavedPanelProps) {
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
        {found.map((saved) =>
          saved.name === renamed ? (
            <li key={saved.name} className={styles.item}>
              <NameInput
                name={saved.name}
                isTaken={(next) => next !== saved.name && list.some(({ name: other }) => other === next)}
                onDone={(next) => {
                  onRenamed(undefined);
                  if (next !== undefined) rename(saved.name, next);
                }}
              />
            </li>
          ) : (
            <SavedItem
              key={saved.name}
              saved={saved}
              onShow={() => {
                address.show(saved.search);
                onDone();
              }}
              onOverwrite={() => save({ name: saved.name, search: address.saved })}
              onRename={() => onRenamed(saved.name)}
              onRemove={() => remove(saved.name)}
            />
          ),
        )}
      </ul>
    </>
  );
}

interface SavedItemProps {
  readonly saved: SavedSearch;
  readonly onShow: () => void;
  readonly onOverwrite: () => void;
  readonly onRename: () => void;
  readonly onRemove: () => void;
}

function SavedItem({ saved: { name, search }, onShow, onOverwrite, onRename, onRemove }: SavedItemProps) {
  const t = useTranslate();
  const format = useFormat();
  const nowMillis = useClock();
  const range = { from: search.from ?? DEFAULT_RANGE.from, to: search.to ?? DEFAULT_RANGE.to };
  const copy = () => copyWithNotice(new URL(`/logs${writeSearchText(search)}`, location.href).href, t);
  return (
    <li className={styles.item}>
      <button type="button" className={styles.show} onClick={onShow} title={t('saved.show', { name })}>
        <span className={styles.name}>{name}</span>
        <span className={styles.query}>{search.q ?? t('saved.everything')}</span>
        <span className={styles.range}>{rangeLabel(range, { nowMillis: nowMillis, t, format })}</span>
      </button>
      <Menu trigger={<IconButton icon="down" size="small" label={t('saved.more', { name })} />}>
        <MenuItem label={t('saved.overwriteThis')} onSelect={onOverwrite} />
        <MenuItem label={t('saved.rename')} onSelect={onRename} />
        <MenuItem label={t('saved.copyLink')} onSelect={copy} />
        <MenuItem label={t('saved.remove')} onSelect={onRemove} />
      </Menu>
    </li>
  );
}

interface NameInputProps {
  readonly name: string;
  /** Another search has this name. */
  readonly isTaken: (name: string) => boolean;
  /** With undefined: as it was. */
  readonly onDone: (name: string | undefined) => void;
}

function NameInput({ name, isTaken, onDone }: NameInputProps) {
  const t = useTranslate();
  const note = useId();
  const [text, setText] = useState(name);
  const cleaned = cleanName(text);
  const problem = cleaned === '' ? t('saved.needsName') : isTaken(cleaned) ? t('saved.taken') : undefined;
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    if (problem === undefined) onDone(cleaned);
  };
  return (
    <span className={styles.rename}>
      <input
        className={styles.input}
        aria-label={t('saved.newName', { name })}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : note}
        maxLength={MAX_NAME_CHARACTERS}
        // The reader asked to write here.
        ref={focusOnce}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={key}
        onBlur={() => onDone(undefined)}
      />
      {problem !== undefined && (
        <span id={note} className={styles.problem} role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}

function focusOnce(input: HTMLInputElement | null): void {
  input?.focus();
}
