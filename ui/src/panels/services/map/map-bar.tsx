import type { ReactNode } from 'react';
import { showControls } from '../../../logic/control-characters.ts';
import { MAP_GROUPINGS, type MapGrouping } from '../../../logic/map-grouping.ts';
import { type DrawnSize, ZOOM_STEP } from '../../../logic/map-zoom.ts';
import type { ShownMap } from '../../../logic/service-map.ts';
import type { MessageKey } from '../../../messages/english.ts';
import { useFormat } from '../../../messages/format.tsx';
import { useTranslate } from '../../../messages/translate.tsx';
import { Button } from '../../../shared/Button/button.tsx';
import { Choice } from '../../../shared/Choice/choice.tsx';
import { Icon } from '../../../shared/Icon/icon.tsx';
import type { ServicesAddress } from '../use-services-address.ts';
import styles from './map-view.module.css';

const GROUPING_NAMES: Readonly<Record<MapGrouping, MessageKey>> = {
  namespace: 'map.byNamespace',
  name: 'map.byName',
  calls: 'map.byCalls',
  none: 'map.byNothing',
};
/** More are found by a longer text. */
const SHOWN_FOUND = 12;

interface MapBarProps {
  readonly address: ServicesAddress;
  readonly shown: ShownMap;
  /** How large it is drawn; undefined before it is. */
  readonly size: DrawnSize | undefined;
  readonly grouping: MapGrouping;
  readonly answeredAt: number;
  readonly hasFailed: boolean;
  readonly children: ReactNode;
}

/** How the map is grouped, how large it is drawn, whether it goes on, and what was found in it. */
export function MapBar({ address, shown, size, grouping, answeredAt, hasFailed, children }: MapBarProps) {
  const t = useTranslate();
  const format = useFormat();
  const groupCount = shown.frames.length + shown.boxes.filter((box) => 'group' in box).length;
  const clock = format.millis(Math.floor(answeredAt / 1_000) * 1_000).slice(-8);
  return (
    <>
      <div className={styles.bar}>
        <span className={styles.muted} aria-hidden="true">
          {t('map.groupBy')}
        </span>
        <Choice
          legend={t('map.groupBy')}
          isLegendHidden
          options={MAP_GROUPINGS.map((value) => ({ value, label: t(GROUPING_NAMES[value]) }))}
          value={grouping}
          onChange={address.setGrouping}
        />
        <span className={styles.muted}>
          {t('map.counts', { count: shown.nodeCount, shown: format.number(shown.nodeCount), groups: groupCount })}
        </span>
        {shown.frames.length > 0 && (
          <Button size="small" onClick={() => address.setOpenGroups([])}>
            {t('map.closeAll')}
          </Button>
        )}
        {children}
        <span className={styles.end}>
          {size && <Zoom address={address} size={size} />}
          {address.range.to === 'now' && (
            <Button size="small" aria-pressed={address.isLive} className={styles.live} onClick={() => address.setLive(!address.isLive)}>
              <Icon name="live" />
              {t(address.isLive ? 'map.live' : 'map.paused')}
            </Button>
          )}
          <span className={styles.muted} role={hasFailed ? 'status' : undefined} data-failed={hasFailed}>
            {t(hasFailed ? 'map.notRenewed' : 'map.asOf', { time: clock })}
          </span>
        </span>
      </div>
      <Found address={address} shown={shown} />
    </>
  );
}

/** How large the map is drawn. The button between the others shows all of it at once, and from there leads back to what can be read. */
function Zoom({ address: { zoom, setZoom }, size: { scale, isWhole } }: { readonly address: ServicesAddress; readonly size: DrawnSize }) {
  const t = useTranslate();
  const format = useFormat();
  return (
    <span className={styles.zoom} role="group" aria-label={t('map.zoom')}>
      <Button size="small" aria-label={t('map.smaller')} onClick={() => setZoom(scale / ZOOM_STEP)}>
        −
      </Button>
      <Button
        size="small"
        title={t(zoom === 'fit' ? 'map.readable' : 'map.showAll')}
        onClick={() => setZoom(zoom === 'fit' ? undefined : 'fit')}
      >
        {isWhole && typeof zoom !== 'number' ? t('map.fits') : format.percent(scale)}
      </Button>
      <Button size="small" aria-label={t('map.larger')} onClick={() => setZoom(scale * ZOOM_STEP)}>
        +
      </Button>
    </span>
  );
}

/** Ways to what was looked for, wherever on the map it is. */
function Found({ address, shown: { found } }: Pick<MapBarProps, 'address' | 'shown'>) {
  const t = useTranslate();
  const format = useFormat();
  if (address.focus !== undefined || found.length === 0) return null;
  return (
    <div className={styles.bar} role="group" aria-label={t('map.foundList')}>
      <span className={styles.muted}>{t('map.found', { shown: format.number(found.length) })}</span>
      {found.slice(0, SHOWN_FOUND).map((id) => (
        <Button key={id} size="small" onClick={() => address.setFocus(id)}>
          {showControls(id.slice(id.indexOf(':') + 1)) || t('service.unnamed')}
        </Button>
      ))}
      {found.length > SHOWN_FOUND && <span className={styles.muted}>…</span>}
    </div>
  );
}
