import type { ReactNode } from 'react';
import { showControls } from '../logic/control-characters.ts';
import { formatDuration } from '../logic/duration-format.ts';
import { spanName } from '../messages/span-name.ts';
import { useTranslate } from '../messages/translate.tsx';
import { CallsView } from '../panels/trace-view/calls-view.tsx';
import { FlameView } from '../panels/trace-view/flame-view.tsx';
import { StatisticsView } from '../panels/trace-view/statistics-view.tsx';
import { FindField, TraceTools } from '../panels/trace-view/trace-tools.tsx';
import { Waterfall } from '../panels/trace-view/waterfall.tsx';
import type { SharedTrace } from './use-shared-trace.ts';
import styles from './viewer.module.css';

export const TRACE_VIEWS = ['trace', 'flame', 'calls', 'statistics'] as const;
export type ViewerTraceView = (typeof TRACE_VIEWS)[number];

/** One trace of the flow in one of the views that a collector shows of it; how long an operation usually takes is in no file. */
export function ViewerTraces({ trace, view }: { readonly trace: SharedTrace; readonly view: ViewerTraceView }) {
  const t = useTranslate();
  const { traces, address, waterfall, snapshot } = trace;
  if (traces.length === 0) return <p className={styles.empty}>{t('viewer.noTraces')}</p>;
  if (view === 'trace') {
    return (
      <>
        <div className={styles.tools}>
          <TraceChoice trace={trace} />
          <TraceTools address={address} waterfall={waterfall} repeatGroups={snapshot.repeats.groups} />
        </div>
        <Waterfall
          snapshot={snapshot}
          state={waterfall}
          showCritical={address.showCritical}
          usualOf={usualOf}
          spanCount={snapshot.loadedSpans}
        />
      </>
    );
  }
  return (
    <>
      {traces.length > 1 && (
        <div className={styles.tools}>
          <TraceChoice trace={trace} />
        </div>
      )}
      {otherView(trace, view, <FindField address={address} waterfall={waterfall} canFilter={false} />)}
    </>
  );
}

function otherView({ views, address, waterfall }: SharedTrace, view: Exclude<ViewerTraceView, 'trace'>, find: ReactNode): ReactNode {
  if (view === 'flame') return <FlameView views={views} address={address} visits={waterfall.visits} find={find} />;
  return view === 'calls' ? <CallsView views={views} address={address} /> : <StatisticsView views={views} address={address} />;
}

function TraceChoice({ trace: { traces, traceId, choose } }: { readonly trace: SharedTrace }) {
  const t = useTranslate();
  if (traces.length < 2) return null;
  return (
    <label className={styles.choice}>
      {t('viewer.chooseTrace')}
      <select value={traceId} onChange={({ target }) => choose(target.value)}>
        {traces.map((one) => (
          <option key={one.traceId} value={one.traceId}>
            {`${showControls(one.rootService)} ${spanName(one.rootOperation, t)}`} · {formatDuration(Number(one.durationNano))} ·{' '}
            {one.traceId.slice(0, 8)}
          </option>
        ))}
      </select>
    </label>
  );
}

function usualOf(): undefined {
  return undefined;
}
