import { useQuery } from '@tanstack/react-query';
import type { TraceSpanAnswer, UnfinishedSpan } from '@threadline/collector/api';
import { useMemo, useState } from 'react';
import { logRecordQuery, traceSpanQuery } from '../../api/queries.ts';
import { serviceOf } from '../../logic/any-value.ts';
import { parseSpanKey, writeSpanKey } from '../../logic/span-key.ts';
import { spanKindKey } from '../../logic/span-kind.ts';
import type { SpanLogLine } from '../../logic/span-log-line.ts';
import { logLevel } from '../../logic/trace-rows.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { NODE, nameOf, nodeOfSpan, spanKeyOf, type TraceTree } from '../../logic/trace-tree.ts';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import type { FilterActions } from '../../shared/Attributes/filter-actions.ts';
import { Choice } from '../../shared/Choice/choice.tsx';
import { PartState } from '../../shared/PageState/part-state.tsx';
import { DetailFrame, DetailSection } from '../../shared/RecordDetail/detail-frame.tsx';
import { RecordDetail } from '../../shared/RecordDetail/record-detail.tsx';
import { RecordLinks } from '../../shared/RecordDetail/record-links.tsx';
import { LinkedSpanLine } from '../../shared/SpanDetail/linked-span.tsx';
import { SpanDetail } from '../../shared/SpanDetail/span-detail.tsx';
import { SpanLinks } from '../../shared/SpanDetail/span-links.tsx';
import { SpanLogs } from '../../shared/SpanDetail/span-logs.tsx';
import { useListFilter } from '../../state/list-filter.ts';
import { SpanStandIn } from './span-stand-in.tsx';
import { type SpanActions, SpanTimes } from './span-times.tsx';
import styles from './trace-view.module.css';
import type { TraceAddress } from './use-trace-address.ts';
import type { UsualOf } from './use-usual-ranges.ts';

interface TraceDetailProps {
  readonly address: TraceAddress;
  readonly snapshot: TraceSnapshot;
  readonly unfinished: readonly UnfinishedSpan[];
  readonly usualOf: UsualOf;
  readonly actions: SpanActions;
}

/** The open span or record of the trace. */
export function TraceDetail({ address, snapshot, unfinished, usualOf, actions }: TraceDetailProps) {
  const onFilter = useListFilter('traces');
  const { tree } = snapshot;
  const key = address.spanId ?? '';
  const node = nodeOfSpan(tree, key);
  const type = node === -1 ? undefined : tree.type[node];
  if (address.logId !== undefined) return <TraceLogDetail address={address} id={address.logId} />;
  if (type === NODE.span)
    return <TraceSpanDetail key={key} address={address} snapshot={snapshot} node={node} usualOf={usualOf} actions={actions} />;
  return (
    <SpanStandIn
      spanId={parseSpanKey(key).spanId}
      unfinished={unfinished}
      isComplete={snapshot.isComplete}
      isParent={type === NODE.missing}
      actions={{ onFilter }}
      onClose={address.close}
    />
  );
}

interface TraceSpanDetailProps {
  readonly address: TraceAddress;
  readonly snapshot: TraceSnapshot;
  readonly node: number;
  readonly usualOf: UsualOf;
  readonly actions: SpanActions;
}

/** One span in full: its attributes are fetched when it is opened. */
function TraceSpanDetail({ address, snapshot, node, usualOf, actions }: TraceSpanDetailProps) {
  const t = useTranslate();
  const filter: FilterActions = { onFilter: useListFilter('traces') };
  const { tree } = snapshot;
  const { spanId, place } = parseSpanKey(spanKeyOf(tree, node));
  const query = useQuery(traceSpanQuery(address.traceId, spanId));
  const logs = useMemo(() => logLines(tree, node), [tree, node]);
  const [half, setHalf] = useState(place - 1);
  if (query.data === undefined) {
    return (
      <DetailFrame title={spanName(nameOf(tree, node), t)} onClose={address.close}>
        <PartState query={query} failedTitle={t('span.failed')} />
      </DetailFrame>
    );
  }
  const { linkedFrom, linkedTo, sameId = [] } = query.data;
  const spans = [query.data.span, ...sameId];
  const span = spans[half] ?? query.data.span;
  const keyOf = (one: number) => writeSpanKey({ spanId, place: one + 1 });
  const spanNode = nodeOfSpan(tree, keyOf(half));
  const choose = (one: number): void => {
    setHalf(one);
    // Its row is the one that is marked, where the trace that is drawn has it.
    if (nodeOfSpan(tree, keyOf(one)) !== -1) address.openSpan(keyOf(one));
  };
  return (
    <SpanDetail
      span={span}
      links={
        <>
          {sameId.length > 0 && (
            <Choice
              legend={t('span.sameId', { count: spans.length })}
              options={spans.map((one, place) => ({ value: String(place), label: `${serviceOf(one)} · ${t(spanKindKey(one.kind))}` }))}
              value={String(half)}
              onChange={(value) => choose(Number(value))}
            />
          )}
          <RecordLinks record={span} trace={false} />
          {spanNode !== -1 && <SpanTimes snapshot={snapshot} node={spanNode} usual={usualOf(spanNode)} actions={actions} />}
        </>
      }
      logs={<SpanLogs logs={logs} onOpen={address.openLog} />}
      linkTargets={
        <>
          <SpanLinks span={span} known={linkedTo} actions={filter} />
          <LinkedFrom spans={linkedFrom} ofTrace={address.traceId} />
        </>
      }
      actions={filter}
      onClose={address.close}
    />
  );
}

/** Spans that point to this one. */
function LinkedFrom({ spans, ofTrace }: { readonly spans: TraceSpanAnswer['linkedFrom']; readonly ofTrace: string }) {
  const t = useTranslate();
  if (spans.length === 0) return null;
  return (
    <DetailSection title={t('span.linkedFrom')} count={spans.length}>
      <ul className={styles.linkList}>
        {spans.map((span) => (
          <li key={`${span.traceId} ${span.spanId}`}>
            <LinkedSpanLine target={span} known={span} ofTrace={ofTrace} />
          </li>
        ))}
      </ul>
    </DetailSection>
  );
}

/** The records directly under a span, by time. */
function logLines(tree: TraceTree, node: number): SpanLogLine[] {
  const lines: SpanLogLine[] = [];
  const end = tree.subtreeEnd[node] ?? 0;
  for (let below = node + 1; below < end; below = tree.subtreeEnd[below] ?? end) {
    if (tree.type[below] !== NODE.log) continue;
    const log = tree.source[below] ?? 0;
    lines.push({
      id: tree.logs.ids[log] ?? '',
      nanos: (tree.start[below] ?? 0) - (tree.start[node] ?? 0),
      level: logLevel(tree, below),
      body: tree.logs.bodies[log],
    });
  }
  return lines;
}

function TraceLogDetail({ address, id }: { readonly address: TraceAddress; readonly id: string }) {
  const t = useTranslate();
  const onFilter = useListFilter('logs');
  const query = useQuery(logRecordQuery(id));
  const { data: record } = query;
  if (record === undefined) {
    return (
      <DetailFrame title={t('record.title')} onClose={address.close}>
        <PartState query={query} failedTitle={t('record.failed')} />
      </DetailFrame>
    );
  }
  return (
    <RecordDetail
      key={id}
      record={record}
      links={<RecordLinks record={record} trace={record.traceId !== address.traceId} />}
      actions={{ onFilter }}
      onClose={address.close}
    />
  );
}
