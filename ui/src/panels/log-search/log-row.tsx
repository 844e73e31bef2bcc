import type { KeyValue, LogRecord } from '@threadline/collector/api';
import { Fragment, memo } from 'react';
import { serviceOf, valueKind, valueText } from '../../logic/any-value.ts';
import { columnValue } from '../../logic/attribute-rows.ts';
import { messageLine, showControls } from '../../logic/control-characters.ts';
import { levelOf } from '../../logic/level.ts';
import type { LogColumn } from '../../logic/log-columns.ts';
import { recordTime } from '../../logic/record-time.ts';
import type { ListTimeForm } from '../../logic/time-format.ts';
import { LevelMark } from '../../shared/LevelMark/level-mark.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import styles from './log-search.module.css';

/** What a line has room for, and what some lines have; the detail has all of it. */
const LINE_CHARACTERS = 400;
const WRAPPED_CHARACTERS = 2_000;
const EXTRA_ATTRIBUTES = 4;
const EXTRA_CHARACTERS = 60;
/** Attributes that say nothing in a list: ids that have links of their own, and what every record of a sender has. */
const QUIET_ATTRIBUTES = /^(?:correlation\.id|threadline\.|telemetry\.|code\.|log\.|process\.|thread\.)/;

interface LogRowProps {
  readonly record: LogRecord;
  readonly columns: readonly LogColumn[];
  readonly isWrapped: boolean;
  /** CSS grid columns, the same for all rows. */
  readonly template: string;
  readonly timeForm: ListTimeForm;
  /** No room for the names of levels. */
  readonly narrow: boolean;
}

/** One record on one line; drawn anew only when something of it changes, not with each step of scrolling. */
export const LogRow = memo(function LogRow({ record, columns, isWrapped, template, timeForm, narrow }: LogRowProps) {
  const maxCharacters = isWrapped ? WRAPPED_CHARACTERS : LINE_CHARACTERS;
  return (
    <div className={`${styles.cells} ${isWrapped ? styles.wrapped : ''}`} style={{ gridTemplateColumns: template }} role="presentation">
      <span role="gridcell" className={styles.cell}>
        <Timestamp nanos={recordTime(record)} form={timeForm} />
      </span>
      <span role="gridcell" className={styles.cell}>
        <LevelMark level={levelOf(record)} short={narrow} />
      </span>
      <span role="gridcell" className={styles.cell}>
        <ServiceName name={serviceOf(record)} />
      </span>
      {columns.map(({ key }) => (
        <ColumnCell key={key} found={columnValue(record, key)} maxCharacters={maxCharacters} />
      ))}
      <span role="gridcell" className={`${styles.cell} ${styles.message}`}>
        {messageLine(
          record.eventName !== undefined && record.body === undefined ? record.eventName : valueText(record.body),
          maxCharacters,
        )}
        {extraAttributes(record, columns).map(({ key, text }) => (
          <Fragment key={key}>
            {' '}
            <span className={styles.extra}>
              {key}={text}
            </span>
          </Fragment>
        ))}
      </span>
    </div>
  );
});

interface ColumnCellProps {
  /** Undefined: the record has no such attribute. */
  readonly found: Pick<KeyValue, 'value'> | undefined;
  readonly maxCharacters: number;
}

/** Numbers stand below each other digit by digit; what is not there looks unlike what is empty. */
function ColumnCell({ found, maxCharacters }: ColumnCellProps) {
  const kind = found === undefined ? 'missing' : valueKind(found.value);
  const isNumber = kind === 'int' || kind === 'double';
  return (
    <span role="gridcell" className={`${styles.cell} ${isNumber ? styles.number : found === undefined ? styles.missing : ''}`}>
      {found === undefined ? '–' : oneLine(valueText(found.value), maxCharacters)}
    </span>
  );
}

function extraAttributes(record: LogRecord, columns: readonly LogColumn[]): { key: string; text: string }[] {
  return record.attributes
    .filter(
      ({ key }, index, all) =>
        !QUIET_ATTRIBUTES.test(key) &&
        !columns.some((column) => column.key === key) &&
        all.findIndex((other) => other.key === key) === index,
    )
    .slice(0, EXTRA_ATTRIBUTES)
    .map(({ key, value }) => ({ key: showControls(key), text: oneLine(valueText(value), EXTRA_CHARACTERS) }));
}

function oneLine(text: string, maxCharacters: number): string {
  return showControls(text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text);
}
