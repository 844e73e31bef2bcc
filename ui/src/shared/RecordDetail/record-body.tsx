import type { AnyValue } from '@threadline/collector/api';
import { type ClipboardEvent, useMemo, useState } from 'react';
import { valueText } from '../../logic/any-value.ts';
import { hasColours, showControlsInBlock } from '../../logic/control-characters.ts';
import { isJson, layOutJson } from '../../logic/json-layout.ts';
import { textBlocks } from '../../logic/text-blocks.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../Button/button.tsx';
import styles from './detail.module.css';

/** A body is drawn up to here at once: laying out a mebibyte of wrapped text would stall the page. */
const SHOWN_CHARACTERS = 32_768;

/** The body as text, JSON laid out until it is asked for as it was sent. An absent body and an empty one are told apart. */
export function RecordBody({ body }: { readonly body: AnyValue | undefined }) {
  const t = useTranslate();
  const format = useFormat();
  const [shownCharacters, setShownCharacters] = useState(SHOWN_CHARACTERS);
  const [isAsSent, setIsAsSent] = useState(false);
  const sent = valueText(body);
  const laidOut = useMemo(() => (body?.stringValue === undefined || isJson(sent) ? layOutJson(sent) : sent), [body, sent]);
  if (body === undefined) return <p className={styles.notice}>{t('record.noBody')}</p>;
  const text = isAsSent ? sent : laidOut;
  const isCut = text.length > shownCharacters;
  return (
    <>
      <pre className={styles.body} tabIndex={0} role="region" aria-label={t('record.body')} onCopy={copyAsItIs}>
        {text === ''
          ? t('value.emptyString')
          : textBlocks(showControlsInBlock(isCut ? text.slice(0, shownCharacters) : text)).map((block, place) => (
              <span key={place} className={styles.block}>
                {block}
              </span>
            ))}
      </pre>
      {laidOut !== sent && (
        <Button size="small" className={styles.bodyForm} onClick={() => setIsAsSent(!isAsSent)}>
          {t(isAsSent ? 'record.bodyLaidOut' : 'record.bodyAsSent')}
        </Button>
      )}
      {hasColours(sent) && <p className={styles.note}>{t('record.colours')}</p>}
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

/** Without the line ends that a browser puts between blocks. */
function copyAsItIs(event: ClipboardEvent): void {
  const selection = getSelection();
  if (selection === null || selection.rangeCount === 0) return;
  const copied = selection.getRangeAt(0).cloneContents().textContent;
  if (copied === '' || !event.currentTarget.contains(selection.getRangeAt(0).commonAncestorContainer)) return;
  event.clipboardData.setData('text/plain', copied);
  event.preventDefault();
}
