import { Link } from '@tanstack/react-router';
import type { BlindSpot, BreakEvidence, FlowBreak } from '@threadline/collector/api';
import { Fragment, type ReactNode } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { adviceOn } from '../../logic/flow-breaks.ts';
import { type Format, useFormat } from '../../messages/format.tsx';
import { type Translate, useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import styles from './flow-doctor.module.css';

/** More lines about what may not matter here would be louder than the flow. */
const MAX_OPEN_SPOTS = 2;

interface FlowDoctorProps {
  readonly breaks: readonly FlowBreak[];
  readonly unseen: readonly BlindSpot[];
  /** Opens the span before or after which it breaks. Absent where spans cannot be opened. */
  readonly onShow: (found: FlowBreak) => void;
  /** To where the thread goes on; by whoever has a place for it. */
  readonly continuation?: ((found: FlowBreak) => ReactNode) | undefined;
}

/** Where the thread of the flow is lost, why, what shows it and what to do, and quietly what could not be seen. Nothing where all is whole and followed. */
export function FlowDoctor({ breaks, unseen, onShow, continuation }: FlowDoctorProps) {
  return (
    <>
      {breaks.length > 0 && <Breaks breaks={breaks} onShow={onShow} continuation={continuation} />}
      {unseen.length > 0 && <BlindSpots unseen={unseen} />}
    </>
  );
}

function Breaks({ breaks, onShow, continuation }: Omit<FlowDoctorProps, 'unseen'>) {
  const t = useTranslate();
  return (
    <section className={styles.doctor} aria-label={t('doctor.title', { count: breaks.length })}>
      <h2 className={styles.title}>⚡ {t('doctor.title', { count: breaks.length })}</h2>
      <ol className={styles.breaks}>
        {breaks.map((found, index) => (
          <li key={`${found.cause} ${found.timeUnixNano} ${found.from.service} ${found.to.service} ${found.to.address}`}>
            <Break found={found} isOpen={index === 0} onShow={onShow} continuation={continuation?.(found)} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** No warning: a service may not follow what this flow never needed. */
function BlindSpots({ unseen }: Pick<FlowDoctorProps, 'unseen'>) {
  const t = useTranslate();
  const lines = (
    <ul className={styles.spots} aria-label={t('doctor.unseen.title')}>
      {unseen.map(({ service, libraries, reason }) => (
        <li key={`${service} ${reason}`}>
          {t('doctor.unseen', { service, libraries: showControls(libraries.join(', ')), count: libraries.length, reason })}{' '}
          {t(reason === 'loaded_before' ? 'doctor.advice.loaded_before_sdk' : 'doctor.advice.library_not_followed')}
        </li>
      ))}
    </ul>
  );
  if (unseen.length <= MAX_OPEN_SPOTS) return <div className={styles.unseen}>{lines}</div>;
  return (
    <details className={styles.unseen}>
      <summary>{t('doctor.unseen.folded', { count: new Set(unseen.map(({ service }) => service)).size })}</summary>
      {lines}
    </details>
  );
}

interface BreakProps {
  readonly found: FlowBreak;
  readonly isOpen: boolean;
  readonly onShow: (found: FlowBreak) => void;
  readonly continuation: ReactNode;
}

function Break({ found, isOpen, onShow, continuation }: BreakProps) {
  const t = useTranslate();
  const format = useFormat();
  const ends = hopEnds(found);
  return (
    <details className={styles.break} open={isOpen}>
      <summary className={styles.summary}>
        <span className={styles.cause}>{t(`doctor.cause.${found.cause}`)}</span>
        <span className={styles.hop}>
          {ends.map((end, index) => (
            <Fragment key={index === 0 ? 'from' : 'to'}>
              {index > 0 && <span aria-hidden="true">→</span>}
              <HopEnd end={end} />
            </Fragment>
          ))}
        </span>
        {found.count > 1 && <span className={styles.fact}>{t('doctor.times', { shown: format.number(found.count) })}</span>}
        <span className={styles.fact}>{t(`doctor.${found.certainty}`)}</span>
        <span className={styles.fact}>
          <Timestamp nanos={found.timeUnixNano} form="clock" />
        </span>
      </summary>
      <div className={styles.body}>
        <ul className={styles.facts} aria-label={t('doctor.why')}>
          {found.evidence.map((evidence) => (
            <li key={`${evidence.fact} ${JSON.stringify(evidence.values)}`}>{factText(evidence, { t, format })}</li>
          ))}
        </ul>
        <p className={styles.advice}>
          <strong>{t('doctor.advice')}:</strong> {t(`doctor.advice.${adviceOn(found)}`)}
        </p>
        <div className={styles.actions}>
          {found.anchor !== undefined && (
            <Button size="small" onClick={() => onShow(found)}>
              {t('doctor.show')}
            </Button>
          )}
          {continuation}
        </div>
      </div>
    </details>
  );
}

/** From where to where; the service alone where the break is one within it. Who called without sending spans is unknown, and said to be. */
function hopEnds({ cause, from, to }: FlowBreak): FlowBreak['from'][] {
  if (cause === 'not_instrumented') return [from, to];
  return [from, to].filter(({ service, address }) => service !== '' || address !== '');
}

function HopEnd({ end: { service, address } }: { readonly end: FlowBreak['from'] }) {
  const t = useTranslate();
  if (service === '') return <span className={styles.address}>{address === '' ? t('doctor.unknownEnd') : showControls(address)}</span>;
  return (
    <span className={styles.end}>
      <ServiceName name={service} />
      {address !== '' && <span className={styles.address}>{showControls(address)}</span>}
    </span>
  );
}

/** To the flow, else the trace, in which it goes on. */
export function BreakContinuation({ found }: { readonly found: FlowBreak }) {
  const t = useTranslate();
  if (found.continuesIn === undefined) return null;
  const { traceId, correlationId } = found.continuesIn;
  if (correlationId !== '') {
    return (
      <Link to="/flow/$correlationId" params={{ correlationId }}>
        {t('doctor.continues')}
      </Link>
    );
  }
  return (
    <Link to="/trace/$traceId" params={{ traceId }}>
      {t('doctor.continues')}
    </Link>
  );
}

/** A fact in words. Its values are data: an empty one is said to be unknown, so that no sentence has a hole. */
function factText({ fact, values }: BreakEvidence, { t, format }: { readonly t: Translate; readonly format: Format }): string {
  const shown = Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (name === 'status') return [name, value === '' ? 'none' : value];
      if (name === 'at') return [name, format.yearClock(value)];
      if (name === 'agent') return [name, showControls(value)];
      return [name, value === '' ? t('doctor.unknownEnd') : showControls(value)];
    }),
  );
  return t(`doctor.fact.${fact}`, shown);
}
