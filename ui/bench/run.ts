import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { type CDPSession, chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGUMENTS } from '../chromium-arguments.ts';
import { startCollector } from '../e2e/collector-process.ts';
import { SHAPES, type Shape, sendTrace } from './send-trace.ts';

/**
 * How a large trace opens and moves in Chromium, on the built collector and UI: `npm run bench:ui`. Numbers of spans as arguments, 100,000 by
 * default, each in all shapes or, as `1000000:comb`, in one. Writes docs/bench-ui.md.
 */

const REPORT = new URL('../../docs/bench-ui.md', import.meta.url);
const MARKS = { firstByte: 'trace: first byte', drawn: 'trace: drawn', wholeDrawn: 'trace: all drawn' };
const ROUNDS = 3;
/** A trace of more spans is opened once: minutes are enough. */
const MAX_SPANS_IN_ROUNDS = 300_000;
const SCRIPT_FRAMES = 180;
/** Pixels a frame: a fast wheel. */
const SCROLL_STEP = 360;
const OPEN_MILLIS = 600_000;
/** Other views of the trace, by their tabs, and what is there once they are. */
const VIEWS = [
  { tab: 'Flame graph', role: 'application' },
  { tab: 'Calls', role: 'grid' },
  { tab: 'Statistics', role: 'grid' },
] as const;

interface Result {
  readonly shape: Shape;
  readonly spanCount: number;
  /** Milliseconds since the answer's first byte, least of the rounds. */
  readonly drawn: number;
  readonly wholeDrawn: number;
  readonly scroll: Frames;
  readonly zoom: Frames;
  /** Milliseconds from the click on each of `VIEWS` until it is drawn. */
  readonly views: readonly number[];
  readonly load: number;
}

interface Frames {
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
  /** Milliseconds of a processor that the page's own thread takes for a frame, and for its dearest task: whatever else the machine does. */
  readonly ownMean: number;
  readonly ownLongest: number;
}

const asked = process.argv.slice(2).map((argument) => argument.split(':'));
const collector = await startCollector();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: [...CHROMIUM_ARGUMENTS],
});
const results: Result[] = [];
try {
  for (const [count, only] of asked.length === 0 ? [['100000']] : asked) {
    const spanCount = Number(count);
    for (const [seed, shape] of SHAPES.entries()) {
      if (only !== undefined && only !== shape) continue;
      const traceId = await sendTrace(collector.otlpHttp, { shape, spanCount, seed: spanCount + seed, startMillis: Date.now() - 600_000 });
      results.push(await measure({ shape, spanCount, traceId }));
      console.log(JSON.stringify(results.at(-1)));
    }
  }
  await writeFile(REPORT, report(results));
} finally {
  await browser.close();
  await collector.stop();
}

async function measure({ shape, spanCount, traceId }: { shape: Shape; spanCount: number; traceId: string }): Promise<Result> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const opened: { drawn: number; wholeDrawn: number }[] = [];
  for (let round = 0; round < (spanCount > MAX_SPANS_IN_ROUNDS ? 1 : ROUNDS); round += 1) {
    await page.goto(`${collector.ui}/trace/${traceId}?repeats=0`);
    await page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, MARKS.wholeDrawn, { timeout: OPEN_MILLIS });
    opened.push(
      await page.evaluate((marks) => {
        const at = (name: string) => performance.getEntriesByName(name)[0]?.startTime ?? Number.NaN;
        return { drawn: at(marks.drawn) - at(marks.firstByte), wholeDrawn: at(marks.wholeDrawn) - at(marks.firstByte) };
      }, MARKS),
    );
  }
  // A collector on another machine would not take processor time from the frames while it answers what the page still asks.
  await page.waitForLoadState('networkidle');
  const scroll = await frames(page, 'scroll');
  const zoom = await frames(page, 'zoom');
  const views: number[] = [];
  for (const view of VIEWS) views.push(await openView(page, view));
  await page.close();
  const least = (of: 'drawn' | 'wholeDrawn') => Math.min(...opened.map((one) => one[of]));
  return { shape, spanCount, drawn: least('drawn'), wholeDrawn: least('wholeDrawn'), scroll, zoom, views, load: loadavg()[0] ?? 0 };
}

/** By the page's own clock, from the press of the button: Playwright looks for an element only after 20, 50, 100, 100 and then 500 ms. */
async function openView(page: Page, { tab, role }: (typeof VIEWS)[number]): Promise<number> {
  const opened = page.evaluate(
    ({ role, limit }) =>
      new Promise<number>((resolve, reject) => {
        const shown = () => document.querySelector(`[role="tabpanel"] [role="${role}"]`);
        // The view before may have the same role.
        const before = shown();
        const begin = ({ timeStamp: begun }: Event) => {
          const look = () => {
            const now = shown();
            // The frame after the one in which it is there has drawn it.
            if (now !== null && now !== before) requestAnimationFrame(() => resolve(performance.now() - begun));
            else if (performance.now() - begun > limit) reject(new Error(`no ${role} came`));
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        };
        addEventListener('pointerdown', begin, { capture: true, once: true });
      }),
    { role, limit: OPEN_MILLIS },
  );
  await page.getByRole('tab', { name: tab }).click();
  return opened;
}

/** Frames while the grid is scrolled or zoomed at each of them, as the browser gives them; then once more with the browser's own account of its work. */
async function frames(page: Page, way: 'scroll' | 'zoom'): Promise<Frames> {
  const between = (await moveGrid(page, way)).toSorted((left, right) => left - right);
  const at = (share: number) => between[Math.min(between.length - 1, Math.floor(between.length * share))] ?? 0;
  await page.evaluate(() => document.querySelector('[role="treegrid"]')?.scrollTo(0, 0));
  const session = await browser.newBrowserCDPSession();
  const stopTrace = await startTrace(session);
  await moveGrid(page, way);
  const tasks = await stopTrace();
  await session.detach();
  return { median: at(0.5), p99: at(0.99), longest: at(1), ownMean: sumOf(tasks) / SCRIPT_FRAMES, ownLongest: Math.max(...tasks) };
}

/** Milliseconds between the frames. */
function moveGrid(page: Page, way: 'scroll' | 'zoom'): Promise<number[]> {
  return page.evaluate(
    async ({ way, count, step }) => {
      const grid = document.querySelector<HTMLElement>('[role="treegrid"]');
      if (grid === null) throw new Error('there is no treegrid');
      const between: number[] = [];
      const box = grid.getBoundingClientRect();
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      let last = await frame();
      for (let index = 0; index < count; index += 1) {
        if (way === 'scroll') grid.scrollTop += step;
        else {
          const deltaY = index < count / 2 ? -18 : 18;
          grid.dispatchEvent(
            new WheelEvent('wheel', {
              deltaY,
              ctrlKey: true,
              clientX: box.right - 300,
              clientY: box.top + 200,
              bubbles: true,
              cancelable: true,
            }),
          );
        }
        const now = await frame();
        between.push(now - last);
        last = now;
      }
      return between;
    },
    { way, count: SCRIPT_FRAMES, step: SCROLL_STEP },
  );
}

/** What Chromium's trace says of a task, or of a thread's name; its times are in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Of a processor, not of the clock. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** The function that it gives ends the trace and gives the processor's time of each task of the busiest page's own thread, milliseconds. */
async function startTrace(session: CDPSession): Promise<() => Promise<number[]>> {
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    // The protocol's types say less of them than Chromium's trace format.
    events.push(...(value as unknown as readonly TraceEvent[]));
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline'], excludedCategories: ['*'] },
  });
  return async () => {
    const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await complete;
    const pages = new Map<string, number[]>();
    for (const { name, pid, tid, args } of events)
      if (name === 'thread_name' && args.name === 'CrRendererMain') pages.set(`${pid} ${tid}`, []);
    for (const { name, pid, tid, tdur } of events)
      if (name === 'ThreadControllerImpl::RunTask' && tdur !== undefined) pages.get(`${pid} ${tid}`)?.push(tdur / 1_000);
    const [busiest] = [...pages.values()].toSorted((left, right) => sumOf(right) - sumOf(left));
    if (busiest === undefined || busiest.length === 0) throw new Error('the browser’s trace tells of no task of a page');
    return busiest;
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function report(rows: readonly Result[]): string {
  const millis = (value: number) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
  const cells = rows.map(({ shape, spanCount, drawn, wholeDrawn, scroll, zoom, views, load }) =>
    [
      shape,
      spanCount.toLocaleString('en'),
      millis(drawn),
      millis(wholeDrawn),
      ...[scroll, zoom].flatMap((frames) => [
        `${millis(frames.median)} / ${millis(frames.p99)} / ${millis(frames.longest)}`,
        `${millis(frames.ownMean)} / ${millis(frames.ownLongest)}`,
      ]),
      views.map(millis).join(' / '),
      load.toFixed(1),
    ].join(' | '),
  );
  return `# How a large trace opens and moves

Written by \`npm run bench:ui\` on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, which the
collector, the browser (software rendering, 1440 by 900) and whatever else makes the load share. Seeded traces in three shapes: a chain (each span under the one before), a
fan (all under one), a comb (chains of ten under one). Times are from the answer's first byte, the least of ${ROUNDS} rounds (of one where
there are more than ${MAX_SPANS_IN_ROUNDS.toLocaleString('en')} spans). Frames are those of
${SCRIPT_FRAMES} steps of ${SCROLL_STEP} pixels, and of as many turns of the wheel that zoom in and out; a frame at 60 a second is 16.7 ms. "Own" is what the page's own thread takes of a processor: for a
frame, and for its dearest task, whatever else the machine does (as Chromium's trace says of a second run). The other
views are timed from the press on their tab to the frame that has drawn them. Frames and views are those of a page whose
questions are answered: until then the collector has a part of the same cores.

| shape | spans | first spans drawn | all drawn | scroll: median / p99 / longest | own: frame / longest | zoom: median / p99 / longest | own: frame / longest | flame graph / calls / statistics | load |
|---|---|---|---|---|---|---|---|---|---|
${cells.map((line) => `| ${line} |`).join('\n')}
`;
}
