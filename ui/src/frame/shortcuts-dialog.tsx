import { Fragment } from 'react';
import type { MessageKey } from '../messages/english.ts';
import { useTranslate } from '../messages/translate.tsx';
import { Modal } from '../shared/Modal/modal.tsx';
import styles from './frame.module.css';

const SHORTCUTS: readonly (readonly [keys: readonly string[], meaning: MessageKey])[] = [
  [['/'], 'keys.query'],
  [['t'], 'keys.time'],
  [['r'], 'keys.refresh'],
  [['j', 'k'], 'keys.rows'],
  [['Enter'], 'keys.open'],
  [['Esc'], 'keys.close'],
  [['←', '→'], 'keys.fold'],
  [['e'], 'keys.nextError'],
  [['c'], 'keys.critical'],
  [['n', 'N'], 'keys.found'],
  [['z'], 'keys.focus'],
  [['1', '…', '9'], 'keys.foldDepth'],
  [['s'], 'keys.foldService'],
  [['u'], 'keys.unfoldAll'],
  [['+', '-', '0'], 'keys.zoom'],
  [['↑', '↓', '←', '→', 'Enter', 'Esc', 'o'], 'keys.flame'],
  [['h', '←', '→', 'Enter'], 'keys.histogram'],
  [['f'], 'keys.fields'],
  [['l'], 'keys.live'],
  [['p'], 'keys.patterns'],
  [['s'], 'keys.stats'],
  [['b'], 'keys.saved'],
  [['w'], 'keys.wrap'],
  [['n'], 'keys.showNew'],
  [['[', ']'], 'keys.shift'],
  [['g l'], 'keys.logs'],
  [['g t'], 'keys.traces'],
  [['g f'], 'keys.flows'],
  [['g s'], 'keys.services'],
  [['g e'], 'keys.errors'],
  [['g h'], 'keys.status'],
  [['y'], 'keys.copyLink'],
  [['?'], 'keys.all'],
];

interface ShortcutsDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** Those that do something where it is asked for, by their meaning. */
  readonly keys: readonly MessageKey[];
}

/** The keys that do something, in one order everywhere. */
export function ShortcutsDialog({ open, onClose, keys: known }: ShortcutsDialogProps) {
  const t = useTranslate();
  const shortcuts = SHORTCUTS.filter(([, meaning]) => known.includes(meaning));
  return (
    <Modal title={t('keys.title')} open={open} onClose={onClose}>
      <dl className={styles.keys}>
        {shortcuts.map(([keys, meaning]) => (
          <Fragment key={meaning}>
            <dt>
              {keys.map((key) => (
                <Fragment key={key}>
                  <kbd>{key}</kbd>{' '}
                </Fragment>
              ))}
            </dt>
            <dd>{t(meaning)}</dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  );
}
