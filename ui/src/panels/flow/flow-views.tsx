import type { FlowBreak } from '@threadline/collector/api';
import { useMemo } from 'react';
import type { FlowItem } from '../../logic/causal-order.ts';
import { causalDepths } from '../../logic/causal-order.ts';
import { parseNanos } from '../../logic/nanos.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { ViewPanel, ViewTabs } from '../../shared/ViewTabs/view-tabs.tsx';
import { FLOW_VIEWS, type FlowViewName } from '../../state/url-state.ts';
import { FlowLanesView } from './flow-lanes-view.tsx';
import { FlowList } from './flow-list.tsx';
import { SequenceTools } from './sequence-tools.tsx';
import { SequenceView } from './sequence-view.tsx';
import { TraceLink } from './trace-link.tsx';
import type { SequenceState } from './use-sequence.ts';

const VIEW_NAMES: Readonly<Record<FlowViewName, MessageKey>> = { timeline: 'flow.timeline', sequence: 'flow.sequence' };

interface FlowViewsProps {
  readonly correlationId: string;
  readonly startTimeUnixNano: string;
  readonly items: readonly FlowItem[];
  /** By item. */
  readonly breaks: ReadonlyMap<number, FlowBreak>;
  readonly sequence: SequenceState;
  readonly view: FlowViewName;
  readonly active: number;
  readonly selected: number;
  readonly onView: (view: FlowViewName) => void;
  readonly onActive: (item: number) => void;
  readonly onOpen: (item: number) => void;
}

/** The same flow over time and as messages. */
export function FlowViews(props: FlowViewsProps) {
  const t = useTranslate();
  const { items, breaks, sequence, view, active, selected, onActive, onOpen } = props;
  const depths = useMemo(() => causalDepths(items), [items]);
  return (
    <ViewTabs
      label={t('flow.views')}
      views={FLOW_VIEWS.map((value) => ({ value, label: t(VIEW_NAMES[value]) }))}
      view={view}
      onView={props.onView}
    >
      <ViewPanel view="timeline">
        <FlowLanesView items={items} breaks={breaks} current={active} onOpen={onOpen} />
        <FlowList
          items={items}
          breaks={breaks}
          depths={depths}
          startNanos={parseNanos(props.startTimeUnixNano)}
          active={active}
          selected={selected}
          onActive={onActive}
          onOpen={onOpen}
          traceLink={(traceId, spanId) => <TraceLink traceId={traceId} spanId={spanId} />}
        />
      </ViewPanel>
      <ViewPanel view="sequence">
        <SequenceView
          items={items}
          state={sequence}
          breaks={breaks}
          active={active}
          selected={selected}
          isDetailOpen={selected !== -1}
          onActive={onActive}
          onOpen={onOpen}
          tools={<SequenceTools state={sequence} name={props.correlationId} />}
        />
      </ViewPanel>
    </ViewTabs>
  );
}
