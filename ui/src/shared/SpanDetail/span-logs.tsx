import { valueText } from '../../logic/any-value.ts';
import { messageLine } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import type { SpanLogLine } from '../../logic/span-log-line.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { LevelMark } from '../LevelMark/level-mark.tsx';
import styles from '../RecordDetail/detail.module.css';
import { DetailSection } from '../RecordDetail/detail-frame.tsx';

/** A span's detail lists this many of its records; the waterfall and the logs tab have all. */
const SHOWN_LOGS = 200;
const LABEL_CHARACTERS = 400;

interface SpanLogsProps {
  readonly logs: readonly SpanLogLine[];
  readonly onOpen: (id: string) => void;
}

/** What a span's service said while it ran. */
export function SpanLogs({ logs, onOpen }: SpanLogsProps) {
  const t = useTranslate();
  return (
    <DetailSection title={t('rail.logs')} count={logs.length}>
      <ul className={styles.list}>
        {logs.slice(0, SHOWN_LOGS).map((log) => (
          <li key={log.id}>
            <button type="button" className={styles.lineButton} onClick={() => onOpen(log.id)}>
              <span className={styles.offset}>+{formatDuration(log.nanos)}</span>
              <LevelMark level={log.level} />
              <span className={styles.lineText}>{messageLine(valueText(log.body), LABEL_CHARACTERS)}</span>
            </button>
          </li>
        ))}
      </ul>
    </DetailSection>
  );
}
