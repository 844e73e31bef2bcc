import { showControls } from '../../logic/control-characters.ts';
import type { DeploymentMark } from '../../logic/deployment-marks.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './deployment-marks.module.css';

/** Versions that came, as lines over the chart that this lies in. */
export function DeploymentMarks({ marks }: { readonly marks: readonly DeploymentMark[] }) {
  const t = useTranslate();
  const format = useFormat();
  if (marks.length === 0) return null;
  return (
    <ul className={styles.marks} aria-label={t('errors.deployments')}>
      {marks.map(({ label, firstSeen, place, labelSide }) => {
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
