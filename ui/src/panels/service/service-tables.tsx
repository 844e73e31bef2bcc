import { Link } from '@tanstack/react-router';
import type { ServiceFiguresAnswer, ServiceNeighbour } from '@threadline/collector/api';
import { type ReactNode, useState } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { queryIn } from '../../logic/environment.ts';
import { operationQuery } from '../../logic/operation-query.ts';
import { spanKindKey } from '../../logic/span-kind.ts';
import { useFormat } from '../../messages/format.tsx';
import { protocolText } from '../../messages/protocol-text.ts';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { CutName } from '../../shared/CutName/cut-name.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import tableStyles from '../../shared/TrafficCells/traffic-cells.module.css';
import { FareCells, FareHeads, NODE_TYPE_NAMES, TrafficCells, TrafficHeads } from '../../shared/TrafficCells/traffic-cells.tsx';
import { type Place, placeUrl, rangeUrl } from '../../state/last-search.ts';
import styles from './service.module.css';

/** A table shows more once it is asked to: a service has up to a thousand operations. */
const FIRST_ROWS = 20;
/** Those that were too many to be told apart have no name to search by. */
const OTHER = '(other)';

/** What the service is asked for, and what it asks others for, most frequent first, with the way to the traces of each. */
export function OperationTable({ answer, place }: { readonly answer: ServiceFiguresAnswer; readonly place: Place }) {
  const t = useTranslate();
  const url = rangeUrl(place);
  const searchFor = (operation: { readonly name: string; readonly kind: number }) => ({
    service: answer.name,
    q: queryIn(place.environment, operationQuery(operation)),
    ...url,
  });
  return (
    <TableSection
      title={t('service.operations')}
      none={t('service.noOperations')}
      head={
        <>
          <th scope="col">{t('service.operation')}</th>
          <th scope="col">{t('service.kind')}</th>
          <TrafficHeads />
          <th scope="col">
            <span className={styles.said}>{t('service.traces')}</span>
          </th>
        </>
      }
      rows={answer.operations.map(({ name, kind, figures }) => (
        <tr key={`${kind} ${name}`}>
          <th scope="row" className={tableStyles.rowName} title={spanName(name, t)}>
            {spanName(name, t)}
          </th>
          <td>{t(spanKindKey(kind))}</td>
          <TrafficCells figures={figures} />
          <td className={tableStyles.links}>
            {name !== OTHER && (
              <>
                <Link to="/traces" search={searchFor({ name, kind })} aria-label={`${t('service.traces')}: ${name}`}>
                  {t('service.traces')}
                </Link>{' '}
                <Link
                  to="/traces"
                  search={{ ...searchFor({ name, kind }), sort: 'slowest' as const }}
                  aria-label={`${t('service.slowest')}: ${name}`}
                >
                  {t('service.slowest')}
                </Link>
              </>
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
  readonly place: Place;
}

/** Who calls it, or what it calls, most frequent first. */
export function NeighbourTable({ title, none, neighbours, place }: NeighbourTableProps) {
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
          <TrafficHeads />
        </>
      }
      rows={neighbours.map(({ node, protocol, figures }) => (
        <tr key={`${node.id} ${protocol}`}>
          <th scope="row" className={tableStyles.rowName} title={node.name}>
            <NeighbourLink node={node} place={place} />
          </th>
          <td>{t(NODE_TYPE_NAMES[node.type])}</td>
          <td>{protocolText(protocol, t)}</td>
          <TrafficCells figures={figures} />
        </tr>
      ))}
    />
  );
}

/** Leads to the page of a service. What has none, as a database, a queue or a host, leads to the map about it, which says who else calls it and how that fares. */
function NeighbourLink({ node, place }: { readonly node: ServiceNeighbour['node']; readonly place: Place }) {
  if (node.type !== 'service')
    return (
      <Link to="/services" search={{ ...placeUrl(place), view: 'map' as const, focus: node.id }}>
        <CutName name={showControls(node.name)} />
      </Link>
    );
  if (node.name === '') return showControls(node.name);
  return (
    <Link to="/service/$service" params={{ service: node.name }} search={placeUrl(place)}>
      <ServiceName name={node.name} />
    </Link>
  );
}

/** Where the service runs, the latest first, and how each instance fares beside the others: by what it was asked for, if it was asked for anything. */
export function InstanceTable({ answer }: { readonly answer: ServiceFiguresAnswer }) {
  const t = useTranslate();
  const format = useFormat();
  const isOfCalls = answer.instanceFigures === 'calls';
  const hasEnvironments = answer.instances.some(({ environment }) => environment !== '');
  return (
    <TableSection
      title={t('service.instances')}
      none={t('service.noInstances')}
      head={
        <>
          <th scope="col">{t('service.instance')}</th>
          <th scope="col">{t('errors.version')}</th>
          {hasEnvironments && <th scope="col">{t('service.environment')}</th>}
          <th scope="col" className={tableStyles.number}>
            {t(isOfCalls ? 'service.calls' : 'service.spans')}
          </th>
          <FareHeads />
          <th scope="col" className={tableStyles.number}>
            {t('service.logRecords')}
          </th>
          <th scope="col">{t('service.firstHere')}</th>
          <th scope="col">{t('service.lastHere')}</th>
        </>
      }
      rows={answer.instances.map(({ version, environment, instance, spanCount, figures, logCount, firstSeen, lastSeen }) => (
        <tr key={`${version} ${environment} ${instance}`}>
          <th scope="row" className={tableStyles.rowName} title={instance}>
            {instance === '' ? t('errors.noVersion') : showControls(instance)}
          </th>
          <td>{version === '' ? t('errors.noVersion') : showControls(version)}</td>
          {hasEnvironments && <td>{showControls(environment)}</td>}
          <td className={tableStyles.number}>{format.number(isOfCalls ? (figures?.count ?? 0) : spanCount)}</td>
          <FareCells figures={figures} />
          <td className={tableStyles.number}>{format.number(logCount)}</td>
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
        <div className={tableStyles.scroller} role="group" aria-label={title} tabIndex={0}>
          <table className={tableStyles.table}>
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
