import { Link } from '@tanstack/react-router';
import type { MapNodeType, ServiceFiguresAnswer, ServiceNeighbour, TrafficFigures } from '@threadline/collector/api';
import { type ReactNode, useState } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { errorShare } from '../../logic/service-rows.ts';
import type { TimeRangeText } from '../../logic/time-range.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { rangeUrl } from '../../state/last-search.ts';
import styles from './service.module.css';

const NANOS_A_MILLI = 1e6;
/** A table shows more once it is asked to: a service has up to a thousand operations. */
const FIRST_ROWS = 20;
/** Those that were too many to be told apart have no name to search by. */
const OTHER = '(other)';

const TYPE_NAMES: Readonly<Record<MapNodeType, MessageKey>> = {
  service: 'service.typeService',
  queue: 'service.typeQueue',
  database: 'service.typeDatabase',
  external: 'service.typeExternal',
};

/** What the service is asked for, most frequent first, with the way to the traces of each. */
export function OperationTable({ answer, range }: { readonly answer: ServiceFiguresAnswer; readonly range: TimeRangeText }) {
  const t = useTranslate();
  const url = rangeUrl(range);
  return (
    <TableSection
      title={t('service.operations')}
      none={t('service.noOperations')}
      head={
        <>
          <th scope="col">{t('service.operation')}</th>
          <FigureHeads />
          <th scope="col">
            <span className={styles.said}>{t('service.traces')}</span>
          </th>
        </>
      }
      rows={answer.operations.map(({ name, kind, figures }) => (
        <tr key={`${kind} ${name}`}>
          <th scope="row" className={styles.rowName} title={name}>
            {showControls(name)}
          </th>
          <FigureCells figures={figures} />
          <td className={styles.links}>
            {name !== OTHER && (
              <Link to="/traces" search={{ service: answer.name, operation: name, ...url }} aria-label={`${t('service.traces')}: ${name}`}>
                {t('service.traces')}
              </Link>
            )}
          </td>
        </tr>
      ))}
    />
  );
}

interface NeighbourTableProps {
  readonly title: string;
  readonly none: string;
  readonly neighbours: readonly ServiceNeighbour[];
  readonly range: TimeRangeText;
}

/** Who calls it, or what it calls, most frequent first. */
export function NeighbourTable({ title, none, neighbours, range }: NeighbourTableProps) {
  const t = useTranslate();
  return (
    <TableSection
      title={title}
      none={none}
      head={
        <>
          <th scope="col">{t('services.name')}</th>
          <th scope="col">{t('service.type')}</th>
          <th scope="col">{t('service.protocol')}</th>
          <FigureHeads />
        </>
      }
      rows={neighbours.map(({ node, protocol, figures }) => (
        <tr key={`${node.id} ${protocol}`}>
          <th scope="row" className={styles.rowName} title={node.name}>
            {node.type === 'service' && node.name !== '' ? (
              <Link to="/service/$service" params={{ service: node.name }} search={rangeUrl(range)}>
                <ServiceName name={node.name} />
              </Link>
            ) : (
              showControls(node.name)
            )}
          </th>
          <td>{t(TYPE_NAMES[node.type])}</td>
          <td>{showControls(protocol)}</td>
          <FigureCells figures={figures} />
        </tr>
      ))}
    />
  );
}

/** Where the service runs, the latest first. */
export function InstanceTable({ answer }: { readonly answer: ServiceFiguresAnswer }) {
  const t = useTranslate();
  const format = useFormat();
  return (
    <TableSection
      title={t('service.instances')}
      none={t('service.noneTitle')}
      head={
        <>
          <th scope="col">{t('service.instance')}</th>
          <th scope="col">{t('errors.version')}</th>
          <th scope="col" className={styles.number}>
            {t('service.spans')}
          </th>
          <th scope="col">{t('errors.firstSeen')}</th>
          <th scope="col">{t('errors.lastSeen')}</th>
        </>
      }
      rows={answer.instances.map(({ version, instance, spanCount, firstSeen, lastSeen }) => (
        <tr key={`${version} ${instance}`}>
          <th scope="row" className={styles.rowName} title={instance}>
            {instance === '' ? t('errors.noVersion') : showControls(instance)}
          </th>
          <td>{version === '' ? t('errors.noVersion') : showControls(version)}</td>
          <td className={styles.number}>{format.number(spanCount)}</td>
          <td className={styles.time}>{format.millis(Date.parse(firstSeen))}</td>
          <td className={styles.time}>{format.millis(Date.parse(lastSeen))}</td>
        </tr>
      ))}
    />
  );
}

interface TableSectionProps {
  readonly title: string;
  /** Said in place of a table without rows. */
  readonly none: string;
  readonly head: ReactNode;
  readonly rows: readonly ReactNode[];
}

function TableSection({ title, none, head, rows }: TableSectionProps) {
  const t = useTranslate();
  const format = useFormat();
  const [isWhole, setWhole] = useState(false);
  return (
    <section className={styles.section} aria-label={title}>
      <h2 className={styles.heading}>{title}</h2>
      {rows.length === 0 ? (
        <p className={styles.none}>{none}</p>
      ) : (
        <div className={styles.scroller} role="region" aria-label={title} tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>{head}</tr>
            </thead>
            <tbody>{isWhole ? rows : rows.slice(0, FIRST_ROWS)}</tbody>
          </table>
        </div>
      )}
      {!isWhole && rows.length > FIRST_ROWS && (
        <Button size="small" onClick={() => setWhole(true)}>
          {t('service.showAll', { shown: format.number(rows.length) })}
        </Button>
      )}
    </section>
  );
}

const FIGURE_HEADS: readonly MessageKey[] = ['service.calls', 'services.rate', 'services.errors', 'stats.p50', 'stats.p95', 'services.p99'];

function FigureHeads() {
  const t = useTranslate();
  return FIGURE_HEADS.map((key) => (
    <th key={key} scope="col" className={styles.number}>
      {t(key)}
    </th>
  ));
}

function FigureCells({ figures }: { readonly figures: TrafficFigures }) {
  const t = useTranslate();
  const format = useFormat();
  const share = errorShare(figures);
  return (
    <>
      <td className={styles.number}>{format.number(figures.count)}</td>
      <td className={styles.number}>{t('services.perSecond', { rate: format.number(figures.perSecond) })}</td>
      <td className={`${styles.number} ${share ? styles.failed : ''}`}>{share === undefined ? '–' : format.percent(share)}</td>
      {[figures.p50Millis, figures.p95Millis, figures.p99Millis].map((millis, place) => (
        <td key={place} className={styles.number}>
          {millis === undefined ? '–' : formatDuration(millis * NANOS_A_MILLI)}
        </td>
      ))}
    </>
  );
}
