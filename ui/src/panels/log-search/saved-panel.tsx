import type { SavedSearch } from '@threadline/collector/api';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { describeFailure } from '../../api/describe-failure.ts';
import { cleanName, findSaved, MAX_NAME_CHARACTERS, savedUrl } from '../../logic/saved-searches.ts';
import { DEFAULT_RANGE } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button, IconButton } from '../../shared/Button/button.tsx';
import { Menu, MenuItem } from '../../shared/Menu/menu.tsx';
import { copyWithNotice } from '../../shared/Notice/notice-text.ts';
import { rangeLabel } from '../../shared/TimeRangePicker/range-label.ts';
import { useClock } from '../../state/search-clock.ts';
import { parseLogsUrl, writeSearchText } from '../../state/url-state.ts';
import styles from './saved-searches.module.css';
import type { LogAddress } from './use-log-search.ts';
import { type SavedOutcome, useSavedSearches } from './use-saved-searches.ts';

/** With fewer, all are in sight. */
const FIND_FROM = 6;

interface SavedPanelProps {
  readonly address: LogAddress;
  /** Id of the search whose name is being changed. */
  readonly renamed: string | undefined;
  readonly onRenamed: (id: string | undefined) => void;
  readonly onDone: () => void;
}

/** What is saved at the collector, and a name for what is shown now. */
export function SavedPanel({ address, renamed, onRenamed, onDone }: SavedPanelProps) {
  const t = useTranslate();
  const saved = useSavedSearches();
  const { answer, outcome, isBusy } = saved;
  const list = answer.data ?? [];
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [restored, setRestored] = useState<string>();
  const cleaned = cleanName(name);
  const there = list.find((search) => search.name === cleaned);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (cleaned === '' || isBusy) return;
    if (await (there ? saved.overwrite(there, address.saved) : saved.save(cleaned, address.saved))) setName('');
  };
  const restore = async (search: SavedSearch) => {
    if (await saved.restore(search)) setRestored(search.id);
  };
  const found = findSaved(list, text);
  return (
    <>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <input
          className={styles.input}
          // The panel may come later than what it stands in, which had the focus to give.
          ref={focusOnce}
          aria-label={t('saved.name')}
          placeholder={t('saved.name')}
          maxLength={MAX_NAME_CHARACTERS}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" look="primary" size="small" disabled={cleaned === '' || isBusy}>
          {t(there ? 'saved.overwrite' : 'saved.save')}
        </Button>
      </form>
      <p className={styles.help}>{t('saved.help')}</p>
      {outcome && <Outcome outcome={outcome} onRestore={(search) => void restore(search)} />}
      {answer.isError && (
        <p className={styles.problem} role="alert">
          {t(answer.data ? 'saved.notFresh' : 'saved.failed', { reason: describeFailure(answer.error, t).message })}{' '}
          <Button size="small" onClick={() => void answer.refetch()}>
            {t('error.retry')}
          </Button>
        </p>
      )}
      {(list.length >= FIND_FROM || text !== '') && (
        <input
          className={`${styles.input} ${styles.find}`}
          type="search"
          aria-label={t('saved.find')}
          placeholder={t('saved.find')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      {answer.isPending && <p className={styles.none}>{t('saved.loading')}</p>}
      {answer.data && found.length === 0 && <p className={styles.none}>{t(list.length === 0 ? 'saved.none' : 'saved.notFound')}</p>}
      <ul className={styles.list}>
        {found.map((search) =>
          search.id === renamed ? (
            <li key={search.id} className={styles.item}>
              <NameInput
                name={search.name}
                isTaken={(next) => list.some(({ id, name: other }) => id !== search.id && other === next)}
                onDone={(next) => {
                  onRenamed(undefined);
                  if (next !== undefined && next !== search.name) void saved.rename(search, next);
                }}
              />
            </li>
          ) : (
            <SavedItem
              key={search.id}
              saved={search}
              isRestored={search.id === restored}
              onShow={() => {
                address.show(search.search);
                onDone();
              }}
              onOverwrite={() => void saved.overwrite(search, address.saved)}
              onRename={() => onRenamed(search.id)}
              onRemove={() => void saved.remove(search)}
            />
          ),
        )}
      </ul>
    </>
  );
}

interface OutcomeProps {
  readonly outcome: SavedOutcome;
  readonly onRestore: (search: SavedSearch) => void;
}

/** What the list alone does not tell of the last change. */
function Outcome({ outcome, onRestore }: OutcomeProps) {
  const t = useTranslate();
  if (outcome.is === 'deleted') {
    const { search } = outcome;
    return (
      <p className={styles.outcome} role="status">
        {t('saved.deleted', { name: search.name })} <UndoButton onUndo={() => onRestore(search)} />
      </p>
    );
  }
  const { name } = outcome;
  const isTaken = outcome.is === 'failed' && outcome.error instanceof ApiError && outcome.error.code === 'name_taken';
  return (
    <p className={styles.problem} role="alert">
      {outcome.is === 'changedSince'
        ? t('saved.changedSince', { name })
        : isTaken
          ? t('saved.taken')
          : t('saved.notChanged', { name, reason: describeFailure(outcome.error, t).message })}
    </p>
  );
}

/** Takes the focus: what had it is gone with the search. */
function UndoButton({ onUndo }: { readonly onUndo: () => void }) {
  const t = useTranslate();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Behind the menu that closes, which gives the focus back to what had it before.
    const timer = setTimeout(() => button.current?.focus());
    return () => clearTimeout(timer);
  }, []);
  return (
    <Button size="small" ref={button} onClick={onUndo}>
      {t('saved.undo')}
    </Button>
  );
}

interface SavedItemProps {
  readonly saved: SavedSearch;
  /** It was put back just now: the focus is on it. */
  readonly isRestored: boolean;
  readonly onShow: () => void;
  readonly onOverwrite: () => void;
  readonly onRename: () => void;
  readonly onRemove: () => void;
}

function SavedItem({ saved: { name, search: parameters }, isRestored, onShow, onOverwrite, onRename, onRemove }: SavedItemProps) {
  const t = useTranslate();
  const format = useFormat();
  const nowMillis = useClock();
  const search = savedUrl(parseLogsUrl(parameters));
  const range = { from: search.from ?? DEFAULT_RANGE.from, to: search.to ?? DEFAULT_RANGE.to };
  const copy = () => copyWithNotice(new URL(`/logs${writeSearchText(search)}`, location.href).href, t);
  return (
    <li className={styles.item}>
      <button
        type="button"
        ref={isRestored ? focusOnce : undefined}
        className={styles.show}
        onClick={onShow}
        title={t('saved.show', { name })}
      >
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

function focusOnce(element: HTMLElement | null): void {
  element?.focus();
}
