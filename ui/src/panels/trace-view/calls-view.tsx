import { useMemo, useState } from 'react';
import { chooseNodes } from '../../logic/call-graph-nodes.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { CallDiagram } from './call-diagram.tsx';
import { CallTable } from './call-table.tsx';
import styles from './calls.module.css';
import { GroupingChoice } from './grouping-choice.tsx';
import type { SpanGroup } from './use-trace-address.ts';
import { type ShownView, type TraceViews, useView } from './use-view.ts';
import { ViewFrame } from './view-frame.tsx';
import viewStyles from './views.module.css';
import type { CallsAddress } from './views-address.ts';

/** More boxes than these are a picture that nobody reads; the table has all. */
const MAX_NODES = 60;

/** Who calls whom in the trace: a diagram, and the same calls as a table. */
export function CallsView({ views, address }: { readonly views: TraceViews; readonly address: CallsAddress }) {
  const by = address.grouping ?? 'service';
  const request = useMemo(() => ({ type: 'calls', by }) as const, [by]);
  const state = useView(views, request);
  const t = useTranslate();
  const format = useFormat();
  const size = state.shown?.answer.statistics.size ?? 0;
  return (
    <ViewFrame
      state={state}
      isEmpty={({ answer }) => answer.statistics.size === 0}
      tools={
        <>
          <GroupingChoice value={by} onChange={address.setGrouping} />
          <span className={viewStyles.hint}>
            {size > MAX_NODES ? t('calls.cut', { shown: format.number(MAX_NODES), total: format.number(size) }) : t('calls.hint')}
          </span>
        </>
      }
    >
      {(shown) => <Calls shown={shown} address={address} />}
    </ViewFrame>
  );
}

function Calls({ shown, address }: { readonly shown: ShownView<'calls'>; readonly address: CallsAddress }) {
  const { answer: graph, snapshot } = shown;
  // By its name: while a trace loads its graph is made anew again and again, and what is chosen stays.
  const [chosen, setChosen] = useState<SpanGroup>();
  const selected = useMemo(() => placeOf(shown, chosen), [shown, chosen]);
  const choose = (place: number): void => setChosen(place === selected ? undefined : groupAt(shown, place));
  const nodes = useMemo(() => chooseNodes(graph, MAX_NODES), [graph]);
  return (
    <>
      <CallDiagram graph={graph} nodes={nodes} tree={snapshot.tree} selected={selected} onSelect={choose} />
      {selected !== -1 && <NodeStrip shown={shown} address={address} place={selected} onClose={() => choose(selected)} />}
      <div className={styles.table}>
        <CallTable key={selected} graph={graph} tree={snapshot.tree} selected={selected} onSelect={choose} />
      </div>
    </>
  );
}

interface NodeStripProps {
  readonly shown: ShownView<'calls'>;
  readonly address: CallsAddress;
  readonly place: number;
  readonly onClose: () => void;
}

/** The figures of the chosen node. */
function NodeStrip({ shown, address, place, onClose }: NodeStripProps) {
  const t = useTranslate();
  const format = useFormat();
  const group = groupAt(shown, place);
  const { count, total, self, max, errors } = shown.answer.statistics;
  const failed = errors[place] ?? 0;
  return (
    <div className={viewStyles.strip} role="status">
      <ServiceName name={group.service} />
      {group.operation !== undefined && <span className={viewStyles.stripName}>{spanName(group.operation, t)}</span>}
      <span>{t('flame.calls', { count: count[place] ?? 0, shown: format.number(count[place] ?? 0) })}</span>
      <span>{t('flame.total', { shown: formatDuration(total[place] ?? 0) })}</span>
      <span>{t('flame.self', { shown: formatDuration(self[place] ?? 0) })}</span>
      <span>{t('calls.longest', { shown: formatDuration(max[place] ?? 0) })}</span>
      {failed > 0 && <span className={viewStyles.error}>✕ {t('trace.errors', { count: failed, shown: format.number(failed) })}</span>}
      <span className={viewStyles.stripEnd}>
        <Button size="small" onClick={() => address.showGroup(group)}>
          {t('view.inWaterfall')}
        </Button>
        <Button size="small" onClick={onClose}>
          {t('calls.all')}
        </Button>
      </span>
    </div>
  );
}

function groupAt({ answer: { statistics }, snapshot: { tree } }: ShownView<'calls'>, place: number): SpanGroup {
  return { service: tree.services[statistics.service[place] ?? 0] ?? '', operation: tree.names[statistics.name[place] ?? 0] };
}

/** -1 where it is not among what is shown. */
function placeOf(shown: ShownView<'calls'>, chosen: SpanGroup | undefined): number {
  if (chosen === undefined) return -1;
  for (let place = 0; place < shown.answer.statistics.size; place += 1) {
    const { service, operation } = groupAt(shown, place);
    if (service === chosen.service && operation === chosen.operation) return place;
  }
  return -1;
}
