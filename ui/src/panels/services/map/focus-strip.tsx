import { Link } from '@tanstack/react-router';
import type { MapNode, ServiceMapAnswer } from '@threadline/collector/api';
import { showControls } from '../../../logic/control-characters.ts';
import { useFormat } from '../../../messages/format.tsx';
import { useTranslate } from '../../../messages/translate.tsx';
import { Button, buttonClass } from '../../../shared/Button/button.tsx';
import { Choice } from '../../../shared/Choice/choice.tsx';
import { ServiceName } from '../../../shared/ServiceName/service-name.tsx';
import { StateMark, useReasonText } from '../../../shared/ServiceState/service-state.tsx';
import { NODE_TYPE_NAMES } from '../../../shared/TrafficCells/traffic-cells.tsx';
import { placeUrl } from '../../../state/last-search.ts';
import type { ServicesAddress } from '../use-services-address.ts';
import { wholeText } from './map-texts.ts';
import styles from './map-view.module.css';

interface FocusStripProps {
  readonly node: MapNode;
  readonly address: ServicesAddress;
  readonly answer: ServiceMapAnswer;
}

/** What the map is about, how that fares and why, how far the map goes, and the ways from there. */
export function FocusStrip({ node: { type, name, state, reason, lastSeen, figures }, address, answer }: FocusStripProps) {
  const t = useTranslate();
  const format = useFormat();
  const reasonText = useReasonText();
  return (
    <div className={styles.strip} role="status">
      {type === 'service' ? <ServiceName name={name} /> : <span>{`${showControls(name)} (${t(NODE_TYPE_NAMES[type])})`}</span>}
      {state && <StateMark state={state} since={{ lastSeen, to: answer.to }} />}
      {state && <span className={styles.muted}>{reasonText({ state, reason, lastSeen })}</span>}
      {figures && <span className={styles.figures}>{wholeText(figures, { t, format })}</span>}
      <span className={styles.end}>
        <Choice
          legend={t('map.steps')}
          isLegendHidden
          options={(['1', '2', '3'] as const).map((value) => ({
            value,
            label: t('map.stepCount', { count: Number(value), shown: value }),
          }))}
          value={address.steps === 3 ? '3' : address.steps === 2 ? '2' : '1'}
          onChange={(steps) => address.setSteps(Number(steps))}
        />
        {type === 'service' && name !== '' && (
          <Link
            to="/service/$service"
            params={{ service: name }}
            search={placeUrl(address.place)}
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
