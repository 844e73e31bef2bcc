import { useMemo } from 'react';
import type { MapLayout, Point } from '../../../logic/map-layout.ts';
import { type drawLines, placeMoreTexts, placeTexts } from '../../../logic/map-lines.ts';
import type { MapLine } from '../../../logic/service-map.ts';
import { type MapTexts, percentileText, trafficText } from './map-texts.ts';

/** Texts of more lines would hide each other: those have theirs where a box is pointed at. */
export const MAX_TEXT_LINES = 40;
/** Of figures in the size of these texts, in units of the map. */
const LETTER_WIDTH = 5.7;

interface LineTexts {
  readonly lines: readonly MapLine[];
  readonly drawn: ReturnType<typeof drawLines>;
  readonly layout: MapLayout;
  /** The place of the box that is pointed at; -1: none. */
  readonly namedPlace: number;
  readonly texts: MapTexts;
}

/** Where the text of each line stands; undefined where it has none, or no room. All lines of the box that is pointed at have theirs. */
export function useLineTexts({ lines, drawn, layout, namedPlace, texts }: LineTexts): readonly (Point | undefined)[] {
  const places = useMemo(() => {
    if (lines.length > MAX_TEXT_LINES) return lines.map(() => undefined);
    const widths = lines.map(({ figures }, at) => (drawn[at]?.hasText ? widthOf(figures, texts) : undefined));
    return placeTexts(drawn, { ...layout, widths });
  }, [lines, drawn, layout, texts]);
  return useMemo(() => {
    const isNamed = lines.map(({ from, to }) => from === namedPlace || to === namedPlace);
    if (namedPlace === -1 || isNamed.filter(Boolean).length > MAX_TEXT_LINES) return places;
    const own = drawn.map((line, at) => (isNamed[at] ? line : undefined));
    const widths = lines.map(({ figures }, at) => (isNamed[at] ? widthOf(figures, texts) : undefined));
    return placeMoreTexts(own, places, { ...layout, widths });
  }, [lines, drawn, layout, texts, namedPlace, places]);
}

function widthOf(figures: MapLine['figures'], texts: MapTexts): number {
  return Math.max(trafficText(figures, texts).length, percentileText(figures).length) * LETTER_WIDTH;
}
