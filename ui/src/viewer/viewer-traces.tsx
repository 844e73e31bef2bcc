import { showControls } from '../logic/control-characters.ts';
import { formatDuration } from '../logic/duration-format.ts';
import { useTranslate } from '../messages/translate.tsx';
import { TraceTools } from '../panels/trace-view/trace-tools.tsx';
import { Waterfall } from '../panels/trace-view/waterfall.tsx';
import type { SharedTrace } from './use-shared-trace.ts';
import styles from './viewer.module.css';

/** One trace of the flow as the waterfall that a collector shows of it; how long an operation usually takes is in no file. */
export function ViewerTraces({ trace }: { readonly trace: SharedTrace }) {
  const t = useTranslate();
  const { traces, traceId, snapshot, address, waterfall } = trace;
  if (traces.length === 0) return <p className={styles.empty}>{t('viewer.noTraces')}</p>;
  return (
    <>
      <div className={styles.tools}>
        {traces.length > 1 && (
          <label className={styles.choice}>
            {t('viewer.chooseTrace')}
            <select value={traceId} onChange={({ target }) => trace.choose(target.value)}>
              {traces.map((one) => (
                <option key={one.traceId} value={one.traceId}>
                  {showControls(`${one.rootService} ${one.rootOperation}`)} · {formatDuration(Number(one.durationNano))} ·{' '}
                  {one.traceId.slice(0, 8)}
                </option>
              ))}
            </select>
          </label>
        )}
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

function usualOf(): undefined {
  return undefined;
}
