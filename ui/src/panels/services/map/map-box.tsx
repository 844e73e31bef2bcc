import type { MapNode } from '@threadline/collector/api';
import { showControls } from '../../../logic/control-characters.ts';
import type { Rectangle } from '../../../logic/map-layout.ts';
import { BAR_HEIGHT } from '../../../logic/map-lines.ts';
import type { MapBox, MapGroup } from '../../../logic/service-map.ts';
import { useServiceColor } from '../../../shared/ServiceName/service-hues.tsx';
import { STATE_NAMES } from '../../../shared/ServiceState/service-state.tsx';
import { NODE_TYPE_NAMES } from '../../../shared/TrafficCells/traffic-cells.tsx';
import type { FittedTexts } from '../../../shared/use-fitted-texts.ts';
import styles from './map-diagram.module.css';
import {
  groupName,
  type MapTexts,
  percentileText,
  sizeText,
  stateSign,
  trafficText,
  troubleSigns,
  wholeText,
  worstState,
} from './map-texts.ts';

/** Pixels at the end of a box: what its edge keeps free, and with a sign or a chevron. */
const EDGE = 8;
const EDGE_WITH_SIGN = 26;
const SLANT = 12;
/** Pixels of the bar of the smallest group. */
const MIN_SHARE = 3;

/** What a box or the title of a frame does, and whether keys are on it. */
export interface MapButton {
  readonly id: string;
  readonly isActive: boolean;
  readonly onPress: () => void;
  readonly onActive: () => void;
  readonly onPoint: (isOver: boolean) => void;
}

export interface BoxTexts extends MapTexts {
  readonly fits: FittedTexts;
}

interface BoxProps {
  readonly box: MapBox;
  readonly place: Rectangle;
  readonly isSelected: boolean;
  readonly isFaded: boolean;
  /** How many the largest group stands for. */
  readonly most: number;
  readonly button: MapButton;
  readonly texts: BoxTexts;
}

export function Box({ box, place, isSelected, isFaded, most, button, texts }: BoxProps) {
  const classes = [styles.box, isSelected && styles.selected, isFaded && styles.faded].filter(Boolean).join(' ');
  const name = 'group' in box ? groupLabel(box.group, texts) : nodeLabel(box.node, texts);
  return (
    <g
      {...buttonProps(button)}
      {...('group' in box ? { 'aria-expanded': false } : { 'aria-pressed': isSelected })}
      className={classes}
      transform={`translate(${place.x} ${place.y})`}
    >
      {/* It is the button's name too. */}
      <title>{name}</title>
      {'group' in box ? (
        <GroupBox group={box.group} most={most} place={place} texts={texts} />
      ) : (
        <NodeBox {...box} place={place} texts={texts} />
      )}
    </g>
  );
}

function NodeBox({
  node: { type, name, figures, state, reason },
  isFound,
  place: { width, height },
  texts,
}: {
  readonly node: MapNode;
  readonly isFound: boolean;
  readonly place: Rectangle;
  readonly texts: BoxTexts;
}) {
  const colorOf = useServiceColor();
  const { t, fits } = texts;
  const isNarrow = type === 'database' || type === 'queue';
  const start = isNarrow ? 22 : 14;
  const end = width - start - (isNarrow ? SLANT : 0);
  const sign = stateSign(state);
  const title = name === '' ? t('service.unnamed') : showControls(name);
  const percentiles = figures ? percentileText(figures) : '';
  return (
    <>
      {type === 'queue' ? (
        <path d={`M${SLANT} 0H${width}L${width - SLANT} ${height}H0Z`} className={styles.ground} data-found={isFound} />
      ) : (
        <rect
          {...{ width, height }}
          rx={type === 'database' ? height / 3 : 4}
          className={styles.ground}
          data-look={type}
          data-found={isFound}
        />
      )}
      {type === 'service' && <rect width={4} height={height} rx={2} style={{ fill: colorOf(name) }} />}
      <text x={start} y={19} className={styles.title}>
        {fits.title(title, end - (sign === '' ? EDGE : EDGE_WITH_SIGN))}
      </text>
      <text x={start} y={36} className={styles.facts}>
        {fits.facts(figures ? trafficText(figures, texts) : t(reason?.type === 'logs' ? 'map.onlyLogs' : 'map.nothing'), end - EDGE)}
      </text>
      <text x={start} y={52} className={styles.facts}>
        {fits.facts(percentiles, end - EDGE)}
      </text>
      <Sign x={width - (isNarrow ? 18 : 9)} state={state} text={sign} />
    </>
  );
}

/** A pile of boxes; a bar along its foot is as long as it is large beside the largest. */
function GroupBox({
  group,
  most,
  place: { width, height },
  texts,
}: {
  readonly group: MapGroup;
  readonly most: number;
  readonly place: Rectangle;
  readonly texts: BoxTexts;
}) {
  return (
    <>
      <rect x={5} y={5} {...{ width, height }} rx={4} className={styles.below} />
      <rect {...{ width, height }} rx={4} className={styles.ground} data-look="group" data-found={group.foundCount > 0} />
      <text x={14} y={19} className={styles.title}>
        {texts.fits.title(showControls(groupName(group.name, texts)), width - 14 - EDGE_WITH_SIGN)}
      </text>
      <rect
        x={1}
        y={height - 4}
        width={Math.max(MIN_SHARE, ((width - 2) * group.nodeCount) / Math.max(1, most))}
        height={3}
        className={styles.share}
      />
      <text x={14} y={36} className={styles.size}>
        {sizeText(group, texts)}
      </text>
      <text x={14} y={52} className={styles.facts}>
        {group.serviceCount > 0 && texts.fits.facts(trafficText(group.figures, texts), width - 14 - EDGE)}
      </text>
      <Sign x={width - 9} y={36} state={worstState(group)} text={troubleSigns(group, texts)} />
      <path d={`M${width - 20} 13l4 4 4-4`} className={styles.chevron} />
    </>
  );
}

function Sign({
  x,
  y = 19,
  state,
  text,
}: {
  readonly x: number;
  readonly y?: number;
  readonly state: MapNode['state'];
  readonly text: string;
}) {
  if (text === '') return null;
  return (
    <text x={x} y={y} textAnchor="end" className={styles.sign} data-state={state}>
      {text}
    </text>
  );
}

/** Round the boxes of an open group, with its name as the button that closes it. */
export function Frame({ group, place, button, texts }: { group: MapGroup; place: Rectangle; button: MapButton; texts: BoxTexts }) {
  const { width, height } = place;
  const name = groupLabel(group, texts);
  const facts = `${sizeText(group, texts)}  ${troubleSigns(group, texts)}`;
  const titleRoom = width - 14 - EDGE_WITH_SIGN - texts.fits.factsWidth(`  ${facts}`);
  return (
    <g className={styles.frame} transform={`translate(${place.x} ${place.y})`}>
      <rect {...{ width, height }} rx={6} className={styles.frameGround} />
      <g {...buttonProps(button)} {...{ 'aria-expanded': true }} className={styles.box}>
        <title>{name}</title>
        <rect {...{ width }} height={BAR_HEIGHT} rx={6} className={styles.bar} />
        <text x={14} y={20} className={styles.title}>
          {`${texts.fits.title(showControls(groupName(group.name, texts)), titleRoom)}  `}
          <tspan className={styles.facts}>{facts}</tspan>
        </text>
        <path d={`M${width - 20} 17l4-4 4 4`} className={styles.chevron} />
      </g>
    </g>
  );
}

function buttonProps({ id, isActive, onPress, onActive, onPoint }: MapButton) {
  return {
    role: 'button',
    tabIndex: isActive ? 0 : -1,
    'data-box': id,
    onClick: onPress,
    onFocus: onActive,
    onPointerEnter: () => onPoint(true),
    onPointerLeave: () => onPoint(false),
  };
}

function nodeLabel({ type, name, state, figures }: MapNode, texts: MapTexts): string {
  const { t } = texts;
  return [
    name === '' ? t('service.unnamed') : showControls(name),
    ...(type === 'service' ? [] : [t(NODE_TYPE_NAMES[type])]),
    ...(state ? [t(STATE_NAMES[state])] : []),
    ...(figures ? [wholeText(figures, texts)] : []),
  ].join(', ');
}

function groupLabel(group: MapGroup, texts: MapTexts): string {
  const { t, format } = texts;
  const troubles = (['down', 'degraded', 'silent'] as const).flatMap((state) =>
    group.states[state] === undefined ? [] : [`${format.number(group.states[state])} ${t(STATE_NAMES[state])}`],
  );
  return [
    showControls(groupName(group.name, texts)),
    sizeText(group, texts),
    ...troubles,
    ...(group.serviceCount > 0 ? [trafficText(group.figures, texts)] : []),
  ].join(', ');
}
