import type { LogRecord } from '@threadline/collector/api';
import { memo } from 'react';
import { serviceOf, valueText } from '../../logic/any-value.ts';
import { columnText } from '../../logic/attribute-rows.ts';
import { showControls } from '../../logic/control-characters.ts';
import { levelOf } from '../../logic/level.ts';
import { LevelMark } from '../../shared/LevelMark/level-mark.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import styles from './log-search.module.css';

/** What a line has room for; the detail has all of it. */
const MESSAGE_CHARACTERS = 400;
const EXTRA_ATTRIBUTES = 4;
const EXTRA_CHARACTERS = 60;
/** Attributes that say nothing in a list: ids that have links of their own, and what every record of a sender has. */
const QUIET_ATTRIBUTES = /^(?:correlation\.id|threadline\.|telemetry\.|code\.|log\.|process\.|thread\.)/;

interface LogRowProps {
  readonly record: LogRecord;
  readonly columns: readonly string[];
  /** CSS grid columns, the same for all rows. */
  readonly template: string;
  readonly withDay: boolean;
  /** No room for the names of levels. */
  readonly narrow: boolean;
}

/** One record on one line; drawn anew only when something of it changes, not with each step of scrolling. */
export const LogRow = memo(function LogRow({ record, columns, template, withDay, narrow }: LogRowProps) {
  const time = [record.timeUnixNano, record.observedTimeUnixNano].find((nanos) => nanos !== '0') ?? record.arrivalTimeUnixNano;
  return (
    <div className={styles.cells} style={{ gridTemplateColumns: template }} role="presentation">
      <span role="gridcell" className={styles.cell}>
        <Timestamp nanos={time} form={withDay ? 'dayClock' : 'clock'} />
      </span>
      <span role="gridcell" className={styles.cell}>
        <LevelMark level={levelOf(record)} short={narrow} />
      </span>
      <span role="gridcell" className={styles.cell}>
        <ServiceName name={serviceOf(record)} />
      </span>
      {columns.map((column) => (
        <span key={column} role="gridcell" className={styles.cell}>
          {oneLine(columnText(record, column), MESSAGE_CHARACTERS)}
        </span>
      ))}
      <span role="gridcell" className={`${styles.cell} ${styles.message}`}>
        {oneLine(
          record.eventName !== undefined && record.body === undefined ? record.eventName : valueText(record.body),
          MESSAGE_CHARACTERS,
        )}
        {extraAttributes(record, columns).map(({ key, text }) => (
          <span key={key} className={styles.extra}>
            {key}={text}
          </span>
        ))}
      </span>
    </div>
  );
});

function extraAttributes(record: LogRecord, columns: readonly string[]): { key: string; text: string }[] {
  return record.attributes
    .filter(
      ({ key }, index, all) =>
        !QUIET_ATTRIBUTES.test(key) && !columns.includes(key) && all.findIndex((other) => other.key === key) === index,
    )
    .slice(0, EXTRA_ATTRIBUTES)
    .map(({ key, value }) => ({ key: showControls(key), text: oneLine(valueText(value), EXTRA_CHARACTERS) }));
}

function oneLine(text: string, maxCharacters: number): string {
  return showControls(text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text);
}
