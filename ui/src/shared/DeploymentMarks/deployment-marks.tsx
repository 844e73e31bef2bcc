import { useMemo } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { type DeploymentMark, labelSides } from '../../logic/deployment-marks.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { labelTextMeasure } from '../measure-text.ts';
import { useWidth } from '../use-width.ts';
import styles from './deployment-marks.module.css';

interface DeploymentMarksProps {
  readonly marks: readonly DeploymentMark[];
}

/** Beside the text: the distance from its line, its padding, and as much before what comes next. */
const AROUND_LABEL_PIXELS = 10;
/** What is longer is cut, as the style says. */
const MAX_LABEL_PIXELS = 180;

/** Versions that came, as lines over the chart that this lies in. */
export function DeploymentMarks({ marks }: DeploymentMarksProps) {
  return marks.length === 0 ? null : <Marks marks={marks} />;
}

function Marks({ marks }: DeploymentMarksProps) {
  const t = useTranslate();
  const format = useFormat();
  const [list, width] = useWidth<HTMLUListElement>();
  const measure = useMemo(labelTextMeasure, []);
  const sides = labelSides(marks, (label) => (Math.min(measure(showControls(label)), MAX_LABEL_PIXELS) + AROUND_LABEL_PIXELS) / width);
  return (
    <ul className={styles.marks} ref={list} aria-label={t('errors.deployments')}>
      {marks.map(({ label, firstSeen, place }, number) => {
        const labelSide = sides[number];
        const said = t('errors.deployed', { version: showControls(label), time: format.millis(Date.parse(firstSeen)) });
        return (
          <li key={`${label} ${firstSeen}`} className={styles.mark} style={{ insetInlineStart: `${place * 100}%` }} title={said}>
            {labelSide !== undefined && (
              <span className={styles.markLabel} data-side={labelSide} aria-hidden="true">
                {showControls(label)}
              </span>
            )}
            <span className={styles.said}>{said}</span>
          </li>
        );
      })}
    </ul>
  );
}
