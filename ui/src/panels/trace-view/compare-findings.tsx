import { nodesOf } from '../../logic/align-traces.ts';
import { isOwnTimeAlone, isRepeated } from '../../logic/comparison-rows.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import type { DifferenceType, Finding, TraceComparison } from '../../logic/trace-comparison.ts';
import type { MessageKey } from '../../messages/english.ts';
import { type Format, useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { type Translate, useTranslate } from '../../messages/translate.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import styles from './compare.module.css';

const DIFFERENCE_NAMES: Readonly<Record<DifferenceType, MessageKey>> = {
  missing: 'compare.missing',
  new: 'compare.new',
  slower: 'compare.slower',
  faster: 'compare.faster',
  error: 'compare.error',
  more: 'compare.more',
  fewer: 'compare.fewer',
};
export const DIFFERENCE_SIGNS: Readonly<Record<DifferenceType, string>> = {
  missing: '−',
  new: '+',
  slower: '▲',
  faster: '▼',
  error: '✕',
  more: '#',
  fewer: '#',
};

interface CompareFindingsProps {
  readonly answer: TraceComparison;
  /** The call whose row the keys are on. */
  readonly active: number;
  readonly otherCount: number;
  readonly onOpen: (call: number) => void;
}

/** What differs, the most telling first; each leads to its row. */
export function CompareFindings({ answer, active, otherCount, onOpen }: CompareFindingsProps) {
  const t = useTranslate();
  const format = useFormat();
  const { findings, findingCount, aligned } = answer;
  if (findings.length === 0) {
    return (
      <p className={styles.same} role="status">
        {t('compare.same')}
      </p>
    );
  }
  return (
    <section className={styles.findings} aria-label={t('compare.findings')}>
      <ol className={styles.findingList}>
        {findings.map((finding) => (
          <li key={`${finding.type} ${finding.call}`}>
            <button
              type="button"
              className={`${styles.finding} ${finding.call === active ? styles.activeFinding : ''}`}
              onClick={() => onOpen(finding.call)}
            >
              <span className={`${styles.kind} ${styles[finding.type]}`}>
                <span aria-hidden="true">{DIFFERENCE_SIGNS[finding.type]}</span>{' '}
                {t(differenceName(answer, { call: finding.call, type: finding.type }))}
              </span>
              <span className={styles.findingName}>
                <ServiceName name={aligned.services[aligned.service[finding.call] ?? 0] ?? ''} />
                <span className={styles.operation}>{callName(answer, finding.call, t)}</span>
                {callHost(answer, finding.call) !== '' && <span className={styles.host}>{callHost(answer, finding.call)}</span>}
                {finding.count > 1 && <span className={styles.times}>×{format.number(finding.count)}</span>}
              </span>
              <span className={styles.nanos}>{nanosText(answer, finding, t)}</span>
              <span className={styles.why}>{whyText(answer, finding, { t, format, otherCount })}</span>
            </button>
          </li>
        ))}
      </ol>
      {findingCount > findings.length && (
        <p className={styles.cut}>{t('compare.cut', { shown: format.number(findings.length), total: format.number(findingCount) })}</p>
      )}
    </section>
  );
}

/** What a difference is called: a call is not called faster that took longer in all, but spent less of it itself. */
export function differenceName(answer: TraceComparison, place: { readonly call: number; readonly type: DifferenceType }): MessageKey {
  if (!isOwnTimeAlone(answer, place)) return DIFFERENCE_NAMES[place.type];
  return place.type === 'faster' ? 'compare.lessOwn' : 'compare.moreOwn';
}

/** The operation of a call; what has not arrived is called so. */
export function callName({ aligned }: TraceComparison, call: number, t: Translate): string {
  const name = aligned.names[aligned.name[call] ?? 0] ?? '';
  return name === '' && aligned.services[aligned.service[call] ?? 0] === '' ? t('flame.missing') : spanName(name, t);
}

/** The host or system that is called, empty where it is not said. */
export function callHost({ aligned }: TraceComparison, call: number): string {
  return aligned.hosts[aligned.host[call] ?? 0] ?? '';
}

/** How long a call usually takes: one duration, or from the tenth to the ninetieth percentile of several where those differ. */
export function usualText({ usualLow, usualHigh }: TraceComparison, call: number): string {
  const [low, high] = [formatDuration(usualLow[call] ?? 0), formatDuration(usualHigh[call] ?? 0)];
  return low === high ? high : `${low} – ${high}`;
}

export function signed(nanos: number): string {
  if (nanos === 0) return formatDuration(0);
  return nanos > 0 ? `+${formatDuration(nanos)}` : `−${formatDuration(-nanos)}`;
}

/** How often a call is made here, as ×35; nothing of a call that is made once wherever it is made. */
export function timesHere(answer: TraceComparison, call: number, format: Format): string {
  const count = nodesOf(answer.aligned, call).length;
  return count > 0 && isRepeated(answer, call) ? `×${format.number(count)}` : '';
}

/** How often those that have the call make it, as ×1 or ×2 – ×6. */
export function usualTimes(answer: TraceComparison, call: number, format: Format): string {
  if ((answer.presence[call] ?? 0) === 0 || !isRepeated(answer, call)) return '';
  const [low, high] = [answer.usualCountLow[call] ?? 0, answer.usualCountHigh[call] ?? 0];
  return low === high ? `×${format.number(high)}` : `×${format.number(low)} – ×${format.number(high)}`;
}

/** How much more or less time it is: of a slower or faster call that which it spent itself, which is less than it took where others waited too. */
function nanosText(answer: TraceComparison, finding: Finding, t: Translate): string {
  if (finding.type === 'error') return '';
  const isOfOwn = (finding.type === 'slower' || finding.type === 'faster') && !isOwnTimeAlone(answer, finding);
  return isOfOwn ? t('compare.ownTime', { difference: signed(finding.nanos) }) : signed(finding.nanos);
}

interface Reason {
  readonly t: Translate;
  readonly format: Format;
  readonly otherCount: number;
}

function whyText(answer: TraceComparison, { type, call, spans, count }: Finding, { t, format, otherCount }: Reason): string {
  const presence = answer.presence[call] ?? 0;
  const [usual, here] = [usualTimes(answer, call, format), timesHere(answer, call, format)];
  const range = [usual, usualText(answer, call)].filter((text) => text !== '').join(' ');
  const isOne = otherCount === 1;
  const below = spans > count ? ` ${t('compare.withBelow', { shown: format.number(spans) })}` : '';
  switch (type) {
    case 'missing':
      return (isOne ? t('compare.missingOne', { range }) : t('compare.missingWhy', { presence, total: otherCount, range })) + below;
    case 'new':
      return (
        (isOne
          ? t('compare.newOne')
          : [t('compare.newWhy', { presence, total: otherCount }), ...(usual === '' ? [] : [usual])].join(', ')) + below
      );
    case 'more':
    case 'fewer':
      return isOne ? t('compare.countOne', { here, usual }) : t('compare.countWhy', { here, usual, presence, total: otherCount });
    case 'error': {
      const why = t('compare.errorWhy', { errors: answer.usualErrors[call] ?? 0, total: otherCount });
      if (here === '') return why;
      return t('compare.errorOf', { failed: format.number(count), calls: format.number(nodesOf(answer.aligned, call).length), why });
    }
    default: {
      const took = [here, formatDuration(answer.duration[call] ?? 0)].filter((text) => text !== '').join(' ');
      if (isOne) return t('compare.timeOne', { here: took, range });
      if (isOwnTimeAlone(answer, { call, type })) return t('compare.ownWhy', { here: took, range });
      return t('compare.timeWhy', { here: took, presence, total: otherCount, range });
    }
  }
}
