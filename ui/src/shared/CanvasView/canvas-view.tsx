import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useWidth } from '../use-width.ts';
import styles from './canvas-view.module.css';

/** What a drawing gets: sizes in CSS pixels, and colours by the tokens' names. */
export interface CanvasArea {
  readonly width: number;
  readonly height: number;
  /** The colour that `var(--…)` has now. */
  color(value: string): string;
  /** The families of data's text and of all other. */
  readonly fontData: string;
  readonly fontText: string;
}

interface CanvasViewProps {
  readonly height: number;
  /** Draws everything anew; called when it changes, and with size, theme and pixel density. */
  readonly draw: (context: CanvasRenderingContext2D, area: CanvasArea) => void;
  /** Of what `draw` looks at beside that: it is called back to draw at once, without React. The same function while it is of the same. */
  readonly subscribe?: ((redraw: () => void) => () => void) | undefined;
}

/** A canvas that is as wide as its place. What it shows has an equivalent elsewhere: to a screen reader it is not there. */
export function CanvasView({ height, draw, subscribe }: CanvasViewProps) {
  const [box, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const probe = useRef<HTMLSpanElement>(null);
  const scheme = useScheme();
  // Styles are looked up once for each scheme, not for each frame.
  const looks = useRef<{ readonly scheme: number } & Omit<CanvasArea, 'width' | 'height'>>(undefined);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || canvas.current === null || probe.current === null || width === 0) return;
    const density = devicePixelRatio;
    // A canvas that gets a size, even the same, is made anew: that is too slow for every frame.
    const [pixelWidth, pixelHeight] = [Math.round(width * density), Math.round(height * density)];
    if (canvas.current.width !== pixelWidth) canvas.current.width = pixelWidth;
    if (canvas.current.height !== pixelHeight) canvas.current.height = pixelHeight;
    const look =
      looks.current?.scheme === scheme ? looks.current : { scheme, color: colorReader(probe.current), ...fontsOf(probe.current) };
    looks.current = look;
    const area = { width, height, color: look.color, fontData: look.fontData, fontText: look.fontText };
    const redraw = (): void => {
      context.setTransform(density, 0, 0, density, 0, 0);
      context.clearRect(0, 0, width, height);
      draw(context, area);
    };
    redraw();
    return subscribe?.(redraw);
  }, [draw, subscribe, width, height, scheme]);
  return (
    <div ref={box} className={styles.view} style={{ height }} aria-hidden="true">
      <canvas ref={canvas} className={styles.canvas} />
      <span ref={probe} className={styles.probe} />
    </div>
  );
}

function fontsOf(element: HTMLElement): Pick<CanvasArea, 'fontData' | 'fontText'> {
  const style = getComputedStyle(element);
  return { fontData: style.getPropertyValue('--font-data'), fontText: style.getPropertyValue('--font-text') };
}

function colorReader(probe: HTMLElement): (value: string) => string {
  const known = new Map<string, string>();
  return (value) => {
    let color = known.get(value);
    if (color === undefined) {
      probe.style.color = value;
      color = getComputedStyle(probe).color;
      known.set(value, color);
    }
    return color;
  };
}

/** Changes when light turns to dark, by the reader's choice or the system's. */
function useScheme(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const changed = () => setChanges((count) => count + 1);
    const observer = new MutationObserver(changed);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const media = matchMedia('(prefers-color-scheme: dark)');
    media.addEventListener('change', changed);
    return () => {
      observer.disconnect();
      media.removeEventListener('change', changed);
    };
  }, []);
  return changes;
}
