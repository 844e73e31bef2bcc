import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { readKey, setReadKey } from '../api/read-key.ts';
import { useTranslate } from '../messages/translate.tsx';
import { Button } from '../shared/Button/button.tsx';
import { Modal } from '../shared/Modal/modal.tsx';
import styles from './frame.module.css';

/** Takes the read key, then asks everything again that was refused. */
export function ReadKeyDialog() {
  const t = useTranslate();
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key === '') return;
    setReadKey(key);
    setKey('');
    void client.resetQueries();
  };
  return (
    <Modal title={t('readKey.title')} open onClose={undefined}>
      <p className={styles.muted}>{t(readKey() === undefined ? 'readKey.text' : 'readKey.refused')}</p>
      <form className={styles.keyForm} onSubmit={submit}>
        <input
          className={styles.keyInput}
          type="password"
          autoComplete="off"
          aria-label={t('readKey.label')}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <Button type="submit" look="primary" disabled={key === ''}>
          {t('readKey.submit')}
        </Button>
      </form>
    </Modal>
  );
}
