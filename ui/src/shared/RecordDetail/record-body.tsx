import type { AnyValue } from '@threadline/collector/api';
import { useState } from 'react';
import { valueText } from '../../logic/any-value.ts';
import { showControlsInBlock } from '../../logic/control-characters.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../Button/button.tsx';
import styles from './detail.module.css';

/** A body is drawn up to here at once: laying out a mebibyte of wrapped text would stall the page. */
const SHOWN_CHARACTERS = 32_768;

/** The body as text. An absent body and an empty one are told apart. */
export function RecordBody({ body }: { readonly body: AnyValue | undefined }) {
  const t = useTranslate();
  const format = useFormat();
  const [shownCharacters, setShownCharacters] = useState(SHOWN_CHARACTERS);
  if (body === undefined) return <p className={styles.notice}>{t('record.noBody')}</p>;
  const text = valueText(body);
  const isCut = text.length > shownCharacters;
  return (
    <>
      <pre className={styles.body} tabIndex={0} role="region" aria-label={t('record.body')}>
        {text === '' ? t('value.emptyString') : showControlsInBlock(isCut ? text.slice(0, shownCharacters) : text)}
      </pre>
      {isCut && (
        <p className={styles.notice}>
          {t('record.bodyShown', { shown: format.number(shownCharacters), total: format.number(text.length) })}{' '}
          <Button size="small" onClick={() => setShownCharacters(shownCharacters * 8)}>
            {t('record.showMore')}
          </Button>
        </p>
      )}
    </>
  );
}
