import type { DeploymentMark } from '../../logic/deployment-marks.ts';
import type { ChartStep } from '../../logic/service-rows.ts';
import { absoluteRange, type TimeRange, type TimeRangeText } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { DeploymentMarks } from '../../shared/DeploymentMarks/deployment-marks.tsx';
import tableStyles from '../../shared/TrafficCells/traffic-cells.module.css';
import { useColumnBrush } from '../../shared/use-column-brush.ts';
import styles from './service.module.css';

/** Units of the drawing, which is stretched to its place. */
const WIDTH = 600;
const HEIGHT = 90;

interface ChartLine<Point> {
  /** Empty where there is one alone. */
  readonly name: string;
  readonly of: (point: Point) => number;
}

interface TrafficChartProps<Point> {
  readonly title: string;
  /** How near to the truth its figures are, where that is not all the way. */
  readonly hint?: string;
  /** `logs`: bars, and in them those of the second line as errors. */
  readonly look: 'bars' | 'errors' | 'lines' | 'logs';
  readonly lines: readonly ChartLine<Point>[];
  readonly steps: readonly ChartStep<Point>[];
  readonly range: TimeRange;
  readonly marks: readonly DeploymentMark[];
  readonly text: (value: number) => string;
  readonly onZoom: (range: TimeRangeText) => void;
}

/**
 * Figures over time as bars or lines, from zero to the largest. Under the pointer and at the keys, or of the largest step, the values are said. Dragging, or keys as on the
 * chart of logs, zoom all of the page.
 */
export function TrafficChart<Point>({ title, hint, look, lines, steps, range, marks, text, onZoom }: TrafficChartProps<Point>) {
  const t = useTranslate();
  const format = useFormat();
  const { cursor, anchor, handlers } = useColumnBrush({
    count: steps.length,
    columnAt: (part) => Math.min(steps.length - 1, Math.floor(part * steps.length)),
    onChoose: (one, other) => {
      const fromMillis = steps[Math.min(one, other)]?.fromMillis;
      if (fromMillis !== undefined)
        onZoom(absoluteRange({ fromMillis, toMillis: steps[Math.max(one, other) + 1]?.fromMillis ?? range.toMillis }));
    },
  });
  const values = lines.map(({ of }) => steps.map(({ point }) => (point === undefined ? undefined : of(point))));
  const most = Math.max(0, ...values.flatMap((line) => line.filter((value) => value !== undefined)));
  const peak = steps[Math.max(0, ...values.map((line) => line.indexOf(most)))];
  const clock = (millis: number) => format.inRange(millis, range);
  const label =
    most > 0 && peak
      ? t('service.chartPeak', { title, peak: text(most), time: clock(peak.fromMillis) })
      : t('service.chartNone', { title });
  const step = steps[cursor];
  const isLines = look === 'lines';
  const said = step && lines.map(({ name, of }) => ({ name, value: step.point ? text(of(step.point)) : '–' }));
  const scale = most === 0 ? 0 : HEIGHT / most;
  const width = WIDTH / Math.max(1, steps.length);
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.caption} title={hint}>
        <span className={styles.chartTitle}>{title}</span>
        {/* Three lines with their values have no room beside the title: the legend says them. */}
        <span className={styles.values}>
          {step && said
            ? [clock(step.fromMillis), ...(isLines ? [] : said.map(({ name, value }) => `${name} ${value}`.trim()))].join('  ')
            : most > 0 && `≤ ${text(most)}`}
        </span>
      </figcaption>
      {/* Always there: a screen reader says what changes in it, not what comes with it. */}
      <span className={tableStyles.said} role="status">
        {step && said && [clock(step.fromMillis), ...said.map(({ name, value }) => `${name} ${value}`.trim())].join(', ')}
      </span>
      <div className={styles.plot} role="group" aria-label={t('service.chartHelp', { title })} tabIndex={0} {...handlers}>
        <svg className={styles.drawing} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
          {cursor !== -1 && (
            <rect
              className={anchor === -1 ? styles.pointed : styles.brush}
              x={Math.min(cursor, anchor === -1 ? cursor : anchor) * width}
              width={(anchor === -1 ? 1 : Math.abs(cursor - anchor) + 1) * width}
              y={0}
              height={HEIGHT}
            />
          )}
          {isLines
            ? values.map((line, place) => (
                <path key={lines[place]?.name} className={styles.line} data-line={lines[place]?.name} d={linePath(line, width, scale)} />
              ))
            : values.map((line, number) =>
                line.map(
                  (value, place) =>
                    value !== undefined && (
                      <rect
                        key={`${number} ${steps[place]?.fromMillis}`}
                        className={look === 'errors' || number > 0 ? styles.errorBar : styles.bar}
                        x={place * width}
                        width={Math.max(1, width - 1)}
                        y={HEIGHT - value * scale}
                        height={value * scale}
                      />
                    ),
                ),
              )}
        </svg>
        <DeploymentMarks marks={marks} />
      </div>
      <div className={styles.ends} aria-hidden="true">
        {!(isLines && said) && <span>{clock(range.fromMillis)}</span>}
        {isLines && (
          <span className={styles.legend}>
            {lines.map(({ name }, place) => (
              <span key={name} data-line={name}>
                {[name, said?.[place]?.value].join(' ').trim()}
              </span>
            ))}
          </span>
        )}
        {!(isLines && said) && <span>{clock(range.toMillis)}</span>}
      </div>
    </figure>
  );
}

/** A line through the middles of steps, broken where there is nothing; a step alone is a short stroke. */
function linePath(values: readonly (number | undefined)[], width: number, scale: number): string {
  return values
    .map((value, place) => {
      if (value === undefined) return '';
      const [x, y] = [(place + 0.5) * width, HEIGHT - value * scale];
      const isAlone = values[place - 1] === undefined && values[place + 1] === undefined;
      if (isAlone) return `M${x - width / 2} ${y}H${x + width / 2}`;
      return `${values[place - 1] === undefined ? 'M' : 'L'}${x} ${y}`;
    })
    .join('');
}
