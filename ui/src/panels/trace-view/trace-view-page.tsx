import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { describeFailure } from '../../api/describe-failure.ts';
import { traceSpanQuery } from '../../api/queries.ts';
import { correlationIdOf } from '../../logic/any-value.ts';
import { type MarkedSpan, nextMarked } from '../../logic/marked-span.ts';
import { durationOfSpans, nodeOfSpan, spanKeyOf } from '../../logic/trace-tree.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button, buttonClass } from '../../shared/Button/button.tsx';
import { ClockNotice } from '../../shared/ClockNotice/clock-notice.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { ErrorPanel } from '../../shared/PageState/error-panel.tsx';
import { SkeletonRows } from '../../shared/PageState/skeleton-rows.tsx';
import { StoppedNote, StoppedState } from '../../shared/PageState/stopped-state.tsx';
import { ServiceHuesProvider } from '../../shared/ServiceName/service-hues.tsx';
import { UnknownId } from '../../shared/UnknownId/unknown-id.tsx';
import { useProvideTarget } from '../../state/frame-context.tsx';
import { TraceHeader } from './trace-header.tsx';
import { TraceTabs } from './trace-tabs.tsx';
import styles from './trace-view.module.css';
import { useClockCorrection } from './use-clock-correction.ts';
import { type Trace, useTrace } from './use-trace.ts';
import { type TraceAddress, useTraceAddress } from './use-trace-address.ts';
import { useUsualRanges } from './use-usual-ranges.ts';

/** One trace: its spans and their records in time, and one of them in full. */
export function TraceViewPage() {
  const t = useTranslate();
  const address = useTraceAddress();
  const trace = useTrace(address.traceId);
  useProvideTarget('spans');
  const { head, error } = trace;
  const services = useMemo(() => head?.summary.services.map(({ name }) => name) ?? [], [head]);
  if (head !== undefined) {
    return (
      <ServiceHuesProvider names={services}>
        <LoadedTrace address={address} trace={trace} head={head} />
      </ServiceHuesProvider>
    );
  }
  if (error === undefined) return trace.isStopped ? <StoppedState /> : <SkeletonRows columns={[280, 40]} />;
  if (error instanceof ApiError && error.status === 404) {
    const id = address.traceId;
    return (
      <UnknownId title={t('trace.unknownTitle')} text={t('trace.unknownText', { id })} id={id}>
        <Link to="/traces" className={buttonClass({})}>
          {t('trace.all')}
        </Link>
      </UnknownId>
    );
  }
  return <ErrorPanel title={t('trace.failed')} failure={describeFailure(error, t)} onRetry={trace.retry} />;
}

interface LoadedTraceProps {
  readonly address: TraceAddress;
  readonly trace: Trace;
  readonly head: NonNullable<Trace['head']>;
}

function LoadedTrace({ address, trace, head }: LoadedTraceProps) {
  const t = useTranslate();
  const { snapshot, error, retry } = trace;
  const correction = useClockCorrection({ address, head, trace });
  const { rootSpanId } = head.summary;
  const root = useQuery({ ...traceSpanQuery(address.traceId, rootSpanId), enabled: rootSpanId !== '' && head.summary.spanCount > 0 }).data;
  const usualOf = useUsualRanges(head, snapshot);
  const rootNode = snapshot === undefined ? -1 : nodeOfSpan(snapshot.tree, rootSpanId);
  const isCorrected = correction !== undefined && address.correctClocks;
  const correctedNanos = useMemo(() => (isCorrected && snapshot ? durationOfSpans(snapshot.tree) : undefined), [isCorrected, snapshot]);
  const goToNext = (kind: MarkedSpan): void => {
    if (snapshot === undefined) return;
    const { tree } = snapshot;
    const node = nextMarked(tree, address.spanId === undefined ? -1 : nodeOfSpan(tree, address.spanId), kind);
    if (node !== -1) address.showSpan(spanKeyOf(tree, node));
  };
  return (
    <>
      <TraceHeader
        head={head}
        correlationId={root === undefined ? '' : correlationIdOf(root.span)}
        missingCount={snapshot?.tree.missingCount ?? 0}
        unfinishedCount={snapshot?.tree.unfinishedCount ?? head.unfinished.length}
        dropped={snapshot?.dropped}
        durationNanos={correctedNanos ?? Number(head.summary.durationNano)}
        rootNanos={snapshot?.tree.duration[rootNode] ?? 0}
        usual={usualOf(rootNode)}
        onNext={goToNext}
        loadedSpans={snapshot?.isComplete ? undefined : (snapshot?.loadedSpans ?? 0)}
      />
      <AnswerNotesBar answers={[{ warnings: head.warnings }]} />
      {error !== undefined && (
        <p className={styles.notice} role="alert">
          {t('trace.cut', { reason: describeFailure(error, t).message })}
          <Button size="small" onClick={retry}>
            {t('error.retry')}
          </Button>
        </p>
      )}
      {error === undefined && trace.isStopped && (
        <p className={styles.notice} role="status">
          <StoppedNote />
        </p>
      )}
      {snapshot === undefined ? (
        <SkeletonRows columns={[280, 40]} />
      ) : (
        <TraceTabs address={address} snapshot={snapshot} head={head} usualOf={usualOf} />
      )}
      {/* It comes when all else is drawn: below, so that nothing moves. */}
      {correction && <ClockNotice correction={correction} isCorrected={address.correctClocks} onCorrect={address.setCorrectClocks} />}
    </>
  );
}
