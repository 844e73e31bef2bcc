import { useMemo, useState } from 'react';
import { showControls } from '../../../logic/control-characters.ts';
import type { MapBox, ShownMap } from '../../../logic/service-map.ts';
import { useFormat } from '../../../messages/format.tsx';
import { protocolText } from '../../../messages/protocol-text.ts';
import { useTranslate } from '../../../messages/translate.tsx';
import { Button } from '../../../shared/Button/button.tsx';
import { ServiceName } from '../../../shared/ServiceName/service-name.tsx';
import tableStyles from '../../../shared/TrafficCells/traffic-cells.module.css';
import { TrafficCells, TrafficHeads } from '../../../shared/TrafficCells/traffic-cells.tsx';
import { groupName } from './map-texts.ts';
import styles from './map-view.module.css';

/** A table shows so many more each time it is asked to. */
const ROWS_AT_A_TIME = 100;

/** The lines of the map as a table, most frequent first; each call by itself where a line stands for one service's calls of another. */
export function LineTable({ shown: { boxes, lines } }: { readonly shown: ShownMap }) {
  const t = useTranslate();
  const format = useFormat();
  const [room, setRoom] = useState(ROWS_AT_A_TIME);
  const rows = useMemo(
    () =>
      lines
        .flatMap(({ from, to, edges, figures }) => {
          const isOfGroup = [from, to].some((place) => 'group' in (boxes[place] ?? {}));
          if (isOfGroup) return [{ from, to, protocol: '', figures }];
          return edges.map(({ protocol, figures: own }) => ({ from, to, protocol, figures: own }));
        })
        .sort((left, right) => right.figures.count - left.figures.count),
    [boxes, lines],
  );
  return (
    <div className={`${tableStyles.scroller} ${styles.lines}`} role="region" aria-label={t('map.table')} tabIndex={0}>
      <table className={tableStyles.table} aria-label={t('map.table')}>
        <thead>
          <tr>
            <th scope="col">{t('calls.from')}</th>
            <th scope="col">{t('calls.to')}</th>
            <th scope="col">{t('service.protocol')}</th>
            <TrafficHeads />
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, room).map(({ from, to, protocol, figures }) => (
            <tr key={`${from} ${to} ${protocol}`}>
              <EndCell box={boxes[from]} />
              <EndCell box={boxes[to]} />
              <td>{protocolText(protocol, t)}</td>
              <TrafficCells figures={figures} />
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > room && (
        <Button size="small" className={styles.more} onClick={() => setRoom(room + ROWS_AT_A_TIME)}>
          {t('map.moreLines', { shown: format.number(room), total: format.number(rows.length) })}
        </Button>
      )}
    </div>
  );
}

/** Both ends share what the figures leave: a long name pushes none of them out of sight. */
function EndCell({ box }: { readonly box: MapBox | undefined }) {
  const t = useTranslate();
  const format = useFormat();
  if (box === undefined) return <td />;
  const isGroup = 'group' in box;
  const name = isGroup ? groupName(box.group.name, { t, format }) : box.node.name;
  return (
    <td className={styles.lineEnd} title={name}>
      {!isGroup && box.node.type === 'service' ? (
        <ServiceName name={name} />
      ) : (
        `${showControls(name)}${isGroup ? ` (${format.number(box.group.nodeCount)})` : ''}`
      )}
    </td>
  );
}
