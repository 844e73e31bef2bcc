import { fittedText } from '../../logic/fitted-text.ts';
import type { CanvasArea } from '../../shared/CanvasView/canvas-view.tsx';
import { lineOffset } from '../../shared/CanvasView/line-offset.ts';

const FONTS = {
  text: ({ fontText }: CanvasArea) => `12px ${fontText}`,
  strong: ({ fontText }: CanvasArea) => `600 12px ${fontText}`,
  data: ({ fontData }: CanvasArea) => `12px ${fontData}`,
  small: ({ fontText }: CanvasArea) => `11px ${fontText}`,
  smallStrong: ({ fontText }: CanvasArea) => `600 11px ${fontText}`,
  deep: ({ fontText }: CanvasArea) => `10px ${fontText}`,
} as const;
export type NameFont = keyof typeof FONTS;
/** Texts that are remembered for each font: what is seen in some seconds of scrolling. */
const MAX_KNOWN = 5_000;

interface Written {
  readonly text: string;
  readonly x: number;
  readonly top: number;
}

/** Writes in rows; what is written is on the canvas once it is told to flush. */
export interface NamesPen {
  readonly width: (font: NameFont, text: string) => number;
  /** As much of a text as there is room for. */
  readonly fitted: (font: NameFont, text: string, room: number) => string;
  /** `top` is that of the row, `color` a CSS value. */
  readonly write: (font: NameFont, piece: Written & { readonly color: string }) => void;
  readonly flush: (context: CanvasRenderingContext2D, rowHeight: number) => void;
}

interface Known {
  readonly widths: Map<string, number>;
  readonly fitted: Map<string, string>;
}

/**
 * A pen for the names of rows, with a context of its own to measure in, good for as long as the fonts are the same. It measures and cuts each text once, and writes all that is of one font and
 * colour together: a canvas takes longer to change either than to write.
 */
export function createNamesPen(area: CanvasArea, measuring: CanvasRenderingContext2D): NamesPen {
  const known = new Map<NameFont, Known>();
  const written = new Map<NameFont, Map<string, Written[]>>();
  const of = (font: NameFont): Known => {
    let found = known.get(font);
    if (found === undefined) {
      found = { widths: new Map(), fitted: new Map() };
      known.set(font, found);
    }
    return found;
  };
  const width = (font: NameFont, text: string): number =>
    remembered(of(font).widths, text, () => {
      measuring.font = FONTS[font](area);
      return measuring.measureText(text).width;
    });
  return {
    width,
    fitted: (font, text, room) => {
      if (width(font, text) <= room) return text;
      // A part of a pixel more or less cuts no character.
      const whole = Math.max(0, Math.floor(room));
      return remembered(of(font).fitted, `${whole} ${text}`, () => fittedText(text, whole, (part) => width(font, part)));
    },
    write: (font, { text, color, x, top }) => {
      let colors = written.get(font);
      if (colors === undefined) {
        colors = new Map();
        written.set(font, colors);
      }
      const pieces = colors.get(color);
      if (pieces === undefined) colors.set(color, [{ text, x, top }]);
      else pieces.push({ text, x, top });
    },
    flush: (context, rowHeight) => {
      context.textBaseline = 'alphabetic';
      for (const [font, colors] of written) {
        context.font = FONTS[font](area);
        const offset = lineOffset(context, rowHeight);
        for (const [color, pieces] of colors) {
          context.fillStyle = area.color(color);
          for (const { text, x, top } of pieces) context.fillText(text, x, top + offset);
        }
      }
      written.clear();
    },
  };
}

function remembered<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    if (map.size >= MAX_KNOWN) map.clear();
    value = make();
    map.set(key, value);
  }
  return value;
}
