import type { TraceHeadLine } from '@threadline/collector/api';
import { type FormEvent, useMemo, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { describeFailure } from '../../api/describe-failure.ts';
import { callsAbove, comparisonRows } from '../../logic/comparison-rows.ts';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import type { TraceComparison } from '../../logic/trace-comparison.ts';
import { traceIdIn } from '../../logic/trace-peers.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { type Translate, useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { Choice } from '../../shared/Choice/choice.tsx';
import { EmptyState } from '../../shared/PageState/empty-state.tsx';
import { ErrorPanel } from '../../shared/PageState/error-panel.tsx';
import { SkeletonRows } from '../../shared/PageState/skeleton-rows.tsx';
import { StoppedState } from '../../shared/PageState/stopped-state.tsx';
import styles from './compare.module.css';
import { CompareFindings } from './compare-findings.tsx';
import { CompareOthers } from './compare-others.tsx';
import { CompareTree } from './compare-tree.tsx';
import { type Comparison, useComparison } from './use-comparison.ts';
import { PEER_COUNTS, type TraceAddress } from './use-trace-address.ts';
import type { ShownView, TraceViews } from './use-view.ts';
import viewStyles from './views.module.css';

interface CompareViewProps {
  readonly views: TraceViews;
  readonly address: TraceAddress;
  readonly head: TraceHeadLine;
}

/** The trace beside healthy ones of the same request, or beside one other trace. */
export function CompareView({ views, address, head }: CompareViewProps) {
  const comparison = useComparison(views, address, head);
  return (
    <div className={viewStyles.view}>
      <CompareTools address={address} />
      <Compared comparison={comparison} address={address} head={head} isWhole={views.snapshot.isComplete} />
    </div>
  );
}

/** What the trace is compared with. */
function CompareTools({ address }: { readonly address: TraceAddress }) {
  const t = useTranslate();
  const [asksForOne, setAsksForOne] = useState(false);
  const withOne = address.withTrace !== undefined || asksForOne;
  return (
    <div className={viewStyles.bar}>
      <Choice
        legend={t('compare.with')}
        isLegendHidden
        options={[
          { value: 'healthy', label: t('compare.withHealthy') },
          { value: 'one', label: t('compare.withOne') },
        ]}
        value={withOne ? 'one' : 'healthy'}
        onChange={(value) => {
          setAsksForOne(value === 'one');
          if (value === 'healthy') address.setWith(undefined);
        }}
      />
      {withOne ? (
        <OtherTraceForm key={address.withTrace ?? ''} address={address} />
      ) : (
        <label className={styles.field}>
          {t('compare.count')}
          <select
            className={styles.select}
            value={address.peerCount}
            onChange={(event) => address.setPeerCount(Number(event.target.value))}
          >
            {PEER_COUNTS.map((count) => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </select>
        </label>
      )}
      <label className={styles.field}>
        <input type="checkbox" checked={address.onlyChanged} onChange={(event) => address.setOnlyChanged(event.target.checked)} />
        {t('compare.onlyChanged')}
      </label>
    </div>
  );
}

/** Takes a trace ID, or an address that has one. */
function OtherTraceForm({ address }: { readonly address: TraceAddress }) {
  const t = useTranslate();
  const [text, setText] = useState(address.withTrace ?? '');
  const [isWrong, setWrong] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const id = traceIdIn(text);
    setWrong(id === undefined);
    if (id !== undefined) address.setWith(id);
  };
  return (
    <form className={styles.field} onSubmit={submit}>
      <input
        type="text"
        className={styles.input}
        aria-label={t('compare.otherId')}
        placeholder={t('compare.otherId')}
        aria-invalid={isWrong}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button size="small" type="submit">
        {t('compare.start')}
      </Button>
      {isWrong && (
        <span role="alert" className={viewStyles.error}>
          {t('compare.noId')}
        </span>
      )}
    </form>
  );
}

interface ComparedProps {
  readonly comparison: Comparison;
  readonly address: TraceAddress;
  readonly head: TraceHeadLine;
  readonly isWhole: boolean;
}

function Compared({ comparison, address, head, isWhole }: ComparedProps) {
  const t = useTranslate();
  const { view, peers, error, otherIds } = comparison;
  if (!isWhole) return <EmptyState title={t('compare.waitTitle')} text={t('compare.waitText')} />;
  if (error instanceof ApiError && error.status === 404) {
    return <EmptyState title={t('trace.unknownTitle')} text={t('trace.unknownText', { id: address.withTrace ?? '' })} />;
  }
  if (error !== null) return <ErrorPanel title={t('compare.failed')} failure={describeFailure(error, t)} onRetry={comparison.retry} />;
  if (view.error !== undefined) {
    const failure = { message: t('error.unknown'), details: view.error.message };
    return <ErrorPanel title={t('compare.failed')} failure={failure} onRetry={view.retry} />;
  }
  if (peers !== undefined && peers.traces.length === 0) {
    const { rootOperation: operation, rootService: service } = head.summary;
    const text =
      peers.tooLarge > 0
        ? t('compare.tooLarge', { count: peers.tooLarge, shown: String(peers.tooLarge) })
        : t('compare.noneText', { service, operation: spanName(operation, t), count: peers.lookedAt });
    return <EmptyState title={t('compare.noneTitle')} text={[text, placeText(head, t)].filter(Boolean).join(' ')} />;
  }
  if (comparison.isStopped) return <StoppedState />;
  if (view.shown === undefined || view.shown.answer.durations.length !== otherIds.length) return <SkeletonRows columns={[280, 40]} />;
  return <ComparisonBody shown={view.shown} comparison={comparison} address={address} head={head} />;
}

/** Where the healthy ones are from, as this one. */
function placeText({ environment }: TraceHeadLine, t: Translate): string {
  return environment === undefined ? '' : `${t('service.environment')}: ${showControls(environment)}`;
}

interface ComparisonBodyProps {
  readonly shown: ShownView<'comparison'>;
  readonly comparison: Comparison;
  readonly address: TraceAddress;
  readonly head: TraceHeadLine;
}

function ComparisonBody({ shown, comparison, address, head }: ComparisonBodyProps) {
  const { answer } = shown;
  const [state, setState] = useState<TreeState>(() => ({ answer, active: -1, folded: new Set<number>() }));
  const { active, folded } = state.answer === answer ? state : { active: -1, folded: new Set<number>() };
  const rows = useMemo(() => comparisonRows(answer, { onlyChanged: address.onlyChanged, folded }), [answer, address.onlyChanged, folded]);
  const fold = (call: number, isFolded: boolean): void => {
    const next = new Set(folded);
    if (isFolded) next.add(call);
    else next.delete(call);
    setState({ answer, active, folded: next });
  };
  /** Nothing above it stays folded. */
  const reveal = (call: number): void => {
    const above = callsAbove(answer, call);
    const next = above.some((one) => folded.has(one)) ? new Set([...folded].filter((one) => !above.includes(one))) : folded;
    setState({ answer, active: call, folded: next });
  };
  return (
    <>
      <Summary answer={answer} comparison={comparison} address={address} head={head} />
      <CompareFindings answer={answer} active={active} otherCount={comparison.otherIds.length} onOpen={reveal} />
      <CompareTree
        shown={shown}
        rows={rows}
        active={active}
        folded={folded}
        otherIds={comparison.otherIds}
        selectedId={address.spanId}
        onActive={(call) => setState({ answer, active: call, folded })}
        onFold={fold}
        onOpen={address.openSpan}
      />
    </>
  );
}

interface TreeState {
  readonly answer: TraceComparison;
  readonly active: number;
  readonly folded: ReadonlySet<number>;
}

/** How long the trace took beside the others, and what makes the comparison uncertain. */
function Summary({ answer, comparison, address, head }: Omit<ComparisonBodyProps, 'shown'> & { readonly answer: TraceComparison }) {
  const t = useTranslate();
  const format = useFormat();
  const { peers, otherIds } = comparison;
  const sorted = answer.durations.toSorted();
  const usual = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const here = answer.durationNanos;
  const isApart = answer.aligned.size > 0 && (answer.presence[0] ?? 0) === 0;
  return (
    <div className={styles.summary}>
      <span>
        {peers === undefined
          ? t('compare.oneSummary', { here: formatDuration(here), there: formatDuration(usual) })
          : t('compare.summary', { count: otherIds.length, here: formatDuration(here), usual: formatDuration(usual) })}
      </span>
      {peers !== undefined && head.environment !== undefined && <span className={viewStyles.muted}>{placeText(head, t)}</span>}
      <CompareOthers comparison={comparison} address={address} durations={answer.durations} />
      {peers !== undefined && peers.tooLarge > 0 && (
        <span className={viewStyles.muted}>{t('compare.tooLarge', { count: peers.tooLarge, shown: format.number(peers.tooLarge) })}</span>
      )}
      {isApart && <span className={styles.warn}>{t('compare.apart')}</span>}
      {(head.summary.rootMissing || head.drops.length > 0) && <span className={styles.warn}>{t('compare.incomplete')}</span>}
    </div>
  );
}
