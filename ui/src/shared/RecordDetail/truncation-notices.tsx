import type { Truncation } from '@threadline/collector/api';
import { showControls } from '../../logic/control-characters.ts';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './detail.module.css';

/** What the collector cut or left out when it took the record in: the reader must not take it for the whole. */
export function TruncationNotices({
  truncations,
  invalidIds,
}: {
  readonly truncations: readonly Truncation[];
  readonly invalidIds: readonly string[];
}) {
  const t = useTranslate();
  return (
    <>
      {truncations.map(({ path, limit, originalSize }) => (
        <p key={`${path} ${limit}`} className={styles.notice}>
          {t(`truncated.${limit}`, { path: showControls(path), size: originalSize })}
        </p>
      ))}
      {invalidIds.length > 0 && <p className={styles.notice}>{t('record.invalidIds', { ids: invalidIds.join(', ') })}</p>}
    </>
  );
}
