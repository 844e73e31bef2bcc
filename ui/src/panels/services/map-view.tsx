import { Link } from '@tanstack/react-router';
import type { MapEdge, MapNode, ServiceMapAnswer } from '@threadline/collector/api';
import { useMemo } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { shownMap } from '../../logic/service-map.ts';
import { errorShare } from '../../logic/service-rows.ts';
import { type Format, useFormat } from '../../messages/format.tsx';
import { type Translate, useTranslate } from '../../messages/translate.tsx';
import { Button, buttonClass } from '../../shared/Button/button.tsx';
import { Choice } from '../../shared/Choice/choice.tsx';
import { LayeredDiagram } from '../../shared/LayeredDiagram/layered-diagram.tsx';
import { EmptyState } from '../../shared/PageState/empty-state.tsx';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { StateMark } from '../../shared/ServiceState/service-state.tsx';
import tableStyles from '../../shared/TrafficCells/traffic-cells.module.css';
import { NODE_TYPE_NAMES, TrafficCells, TrafficHeads } from '../../shared/TrafficCells/traffic-cells.tsx';
import { rangeUrl } from '../../state/last-search.ts';
import styles from './services.module.css';
import type { ServicesAddress } from './use-services-address.ts';

const NANOS_A_MILLI = 1e6;
/** Room for the rate, the errors and p95 of a line. */
const GAP = 180;
const LOOKS = { service: 'box', database: 'store', queue: 'queue', external: 'outside' } as const;

/** Who calls whom: services, what they keep their data in, queues between them, and hosts outside; all of it or what one of them is joined to. */
export function MapView({
  answer,
  address,
  isStale,
}: {
  readonly answer: ServiceMapAnswer;
  readonly address: ServicesAddress;
  readonly isStale: boolean;
}) {
  const t = useTranslate();
  const format = useFormat();
  const colorOf = useServiceColor();
  const { focus, steps, find } = address;
  const shown = useMemo(() => shownMap(answer, { focus, steps, find }), [answer, focus, steps, find]);
  const lines = useMemo(() => {
    const places = new Map(shown.nodes.map(({ id }, place) => [id, place]));
    const most = shown.edges.reduce((greatest, { figures }) => Math.max(greatest, figures.count), 1);
    return shown.edges.map(({ from, to, protocol, figures }) => ({
      key: `${from} ${to} ${protocol}`,
      from: places.get(from) ?? 0,
      to: places.get(to) ?? 0,
      text: figuresText(figures, t, format),
      hasFailed: figures.errors > 0,
      weight: figures.count / most,
    }));
  }, [shown, t, format]);
  const focused = answer.nodes.find(({ id }) => id === focus);
  if (shown.nodes.length === 0) return <EmptyState title={t('map.noneTitle')} text={t('map.noneText')} />;
  return (
    <div className={styles.map} data-stale={isStale}>
      {focused ? (
        <FocusStrip node={focused} address={address} />
      ) : (
        <p className={styles.hint}>
          {shown.left > 0
            ? t('map.cut', { shown: format.number(shown.nodes.length), total: format.number(shown.nodes.length + shown.left) })
            : t('map.hint')}
        </p>
      )}
      <LayeredDiagram
        label={t('map.diagram')}
        gap={GAP}
        boxes={shown.nodes.map(({ id, type, name, figures, state }) => ({
          key: id,
          title: name === '' ? t('service.unnamed') : name,
          facts: figures ? figuresText(figures, t, format) : t(NODE_TYPE_NAMES[type]),
          failed: state === 'down' ? '✕' : state === 'degraded' ? '▲' : '',
          color: type === 'service' ? colorOf(name) : undefined,
          look: LOOKS[type],
        }))}
        lines={lines}
        selected={shown.nodes.findIndex(({ id }) => id === focus)}
        onSelect={(place) => {
          const id = shown.nodes[place]?.id;
          address.setFocus(id === focus ? undefined : id);
        }}
      />
      <EdgeTable nodes={answer.nodes} edges={shown.edges} />
    </div>
  );
}

function figuresText({ perSecond, p95Millis, ...counts }: MapEdge['figures'], t: Translate, format: Format): string {
  const share = errorShare(counts);
  return [
    t('services.perSecond', { rate: format.number(perSecond) }),
    ...(share ? [format.percent(share)] : []),
    ...(p95Millis === undefined ? [] : [`p95 ${formatDuration(p95Millis * NANOS_A_MILLI)}`]),
  ].join('  ');
}

/** What the map is about, how far it goes, and the ways from there. */
function FocusStrip({ node: { type, name, state }, address }: { readonly node: MapNode; readonly address: ServicesAddress }) {
  const t = useTranslate();
  return (
    <div className={styles.strip} role="status">
      {type === 'service' ? <ServiceName name={name} /> : <span>{`${showControls(name)} (${t(NODE_TYPE_NAMES[type])})`}</span>}
      {state && <StateMark state={state} />}
      <Choice
        legend={t('map.steps')}
        isLegendHidden
        options={(['1', '2', '3'] as const).map((value) => ({ value, label: t('map.stepCount', { count: Number(value), shown: value }) }))}
        value={address.steps === 3 ? '3' : address.steps === 2 ? '2' : '1'}
        onChange={(steps) => address.setSteps(Number(steps))}
      />
      <span className={styles.stripEnd}>
        {type === 'service' && name !== '' && (
          <Link
            to="/service/$service"
            params={{ service: name }}
            search={rangeUrl(address.range)}
            className={buttonClass({ size: 'small' })}
          >
            {t('map.open')}
          </Link>
        )}
        <Button size="small" onClick={() => address.setFocus(undefined)}>
          {t('map.all')}
        </Button>
      </span>
    </div>
  );
}

/** The same calls as a table, most frequent first. */
function EdgeTable({ nodes, edges }: { readonly nodes: readonly MapNode[]; readonly edges: readonly MapEdge[] }) {
  const t = useTranslate();
  const byId = useMemo(() => new Map(nodes.map((node) => [node.id, node])), [nodes]);
  const sorted = useMemo(() => edges.toSorted((left, right) => right.figures.count - left.figures.count), [edges]);
  return (
    <div className={`${tableStyles.scroller} ${styles.edges}`} role="region" aria-label={t('map.table')} tabIndex={0}>
      <table className={tableStyles.table}>
        <thead>
          <tr>
            <th scope="col">{t('calls.from')}</th>
            <th scope="col">{t('calls.to')}</th>
            <th scope="col">{t('service.protocol')}</th>
            <TrafficHeads />
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ from, to, protocol, figures }) => (
            <tr key={`${from} ${to} ${protocol}`}>
              <td>
                <NodeName node={byId.get(from)} />
              </td>
              <td>
                <NodeName node={byId.get(to)} />
              </td>
              <td>{showControls(protocol)}</td>
              <TrafficCells figures={figures} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NodeName({ node }: { readonly node: MapNode | undefined }) {
  return node?.type === 'service' ? <ServiceName name={node.name} /> : showControls(node?.name ?? '');
}
