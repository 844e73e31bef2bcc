import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { chromium, type Page } from '@playwright/test';
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
  /** Longest time that the page's own thread was busy with one frame. */
  readonly busiest: number;
}

const asked = process.argv.slice(2).map((argument) => argument.split(':'));
const collector = await startCollector();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
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
  const scroll = await frames(page, 'scroll');
  const zoom = await frames(page, 'zoom');
  const views: number[] = [];
  for (const view of VIEWS) views.push(await openView(page, view));
  await page.close();
  const least = (of: 'drawn' | 'wholeDrawn') => Math.min(...opened.map((one) => one[of]));
  return { shape, spanCount, drawn: least('drawn'), wholeDrawn: least('wholeDrawn'), scroll, zoom, views, load: loadavg()[0] ?? 0 };
}

async function openView(page: Page, { tab, role }: (typeof VIEWS)[number]): Promise<number> {
  const begun = performance.now();
  await page.getByRole('tab', { name: tab }).click();
  await page.getByRole(role).waitFor({ timeout: OPEN_MILLIS });
  return performance.now() - begun;
}

/** Frames while the grid is scrolled or zoomed at each of them, as the browser gives them. */
async function frames(page: Page, way: 'scroll' | 'zoom'): Promise<Frames> {
  const { between, busy } = await page.evaluate(
    async ({ way, count, step }) => {
      const grid = document.querySelector<HTMLElement>('[role="treegrid"]');
      if (grid === null) throw new Error('there is no treegrid');
      const between: number[] = [];
      const busy: number[] = [];
      const box = grid.getBoundingClientRect();
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const task = () =>
        new Promise<void>((resolve) => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => resolve();
          channel.port2.postMessage(undefined);
        });
      let last = await frame();
      for (let index = 0; index < count; index += 1) {
        const begun = performance.now();
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
        await task();
        busy.push(performance.now() - Math.max(begun, now));
        between.push(now - last);
        last = now;
      }
      return { between, busy };
    },
    { way, count: SCRIPT_FRAMES, step: SCROLL_STEP },
  );
  const sorted = between.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p99: at(0.99), longest: at(1), busiest: Math.max(...busy) };
}

function report(rows: readonly Result[]): string {
  const millis = (value: number) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
  const cells = rows.map(({ shape, spanCount, drawn, wholeDrawn, scroll, zoom, views, load }) =>
    [
      shape,
      spanCount.toLocaleString('en'),
      millis(drawn),
      millis(wholeDrawn),
      `${millis(scroll.median)} / ${millis(scroll.p99)} / ${millis(scroll.longest)}`,
      `${millis(zoom.median)} / ${millis(zoom.p99)} / ${millis(zoom.longest)}`,
      views.map(millis).join(' / '),
      load.toFixed(1),
    ].join(' | '),
  );
  return `# How a large trace opens and moves

Written by \`npm run bench:ui\` on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, which the
collector, the browser (software rendering, 1440 by 900) and whatever else makes the load share. Seeded traces in three shapes: a chain (each span under the one before), a
fan (all under one), a comb (chains of ten under one). Times are from the answer's first byte, the least of ${ROUNDS} rounds (of one where
there are more than ${MAX_SPANS_IN_ROUNDS.toLocaleString('en')} spans). Frames are those of
${SCRIPT_FRAMES} steps of ${SCROLL_STEP} pixels, and of as many turns of the wheel that zoom in and out; a frame at 60 a second is 16.7 ms. The other
views are timed from the click on their tab to when they are there.

| shape | spans | first spans drawn | all drawn | scroll: median / p99 / longest | zoom: median / p99 / longest | flame graph / calls / statistics | load |
|---|---|---|---|---|---|---|---|
${cells.map((line) => `| ${line} |`).join('\n')}
`;
}
