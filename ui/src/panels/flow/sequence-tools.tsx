import { useState } from 'react';
import { sequenceMermaid, sequencePicture } from '../../logic/sequence-export.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { CopyButton } from '../../shared/CopyButton/copy-button.tsx';
import { saveFile } from '../../shared/save-file.ts';
import styles from './sequence.module.css';
import { useSequenceWords } from './sequence-words.ts';
import type { SequenceState } from './use-sequence.ts';

/** Browsers draw no canvas that is much taller. */
const MAX_PNG_PIXELS = 16_000;
/** A picture that no viewer opens is of no use. */
const MAX_PICTURE_ROWS = 5_000;

/** Takes the sequence along: as text for Mermaid, or as a picture of the rows as they are shown. */
export function SequenceTools({ state, name }: { readonly state: SequenceState; readonly name: string }) {
  const t = useTranslate();
  const format = useFormat();
  const words = useSequenceWords();
  const [problem, setProblem] = useState('');
  const { sequence, nodes, rows } = state;
  const save = async (type: 'svg' | 'png'): Promise<void> => {
    setProblem('');
    if (rows.length > MAX_PICTURE_ROWS) {
      setProblem(t('sequence.tooLong', { shown: format.number(rows.length) }));
      return;
    }
    const picture = sequencePicture(sequence, rows, words);
    if (type === 'svg') saveFile(new Blob([picture.svg], { type: 'image/svg+xml' }), `${name}.svg`);
    else if (Math.max(picture.height, picture.width) > MAX_PNG_PIXELS)
      setProblem(t('sequence.tooLong', { shown: format.number(rows.length) }));
    else saveFile(await drawPng(picture), `${name}.png`);
  };
  const onSave = (type: 'svg' | 'png') => (): void => {
    save(type).catch(() => setProblem(t('sequence.failed')));
  };
  return (
    <div className={styles.tools}>
      <CopyButton label={t('sequence.copyMermaid')} text={() => sequenceMermaid(sequence, nodes, words)} />
      <Button size="small" onClick={onSave('svg')}>
        {t('sequence.saveSvg')}
      </Button>
      <Button size="small" onClick={onSave('png')}>
        {t('sequence.savePng')}
      </Button>
      <span className={styles.problem} role="status">
        {problem}
      </span>
    </div>
  );
}

async function drawPng({ svg, width, height }: { readonly svg: string; readonly width: number; readonly height: number }): Promise<Blob> {
  const image = new Image(width, height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.drawImage(image, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('the browser made no picture');
  return blob;
}
