/**
 * Where a line of text stands in a row so high, as browsers place it: pixels from the row's top down to the line that letters stand on
 * (`textBaseline` "alphabetic"), in the font that the context has now.
 */
export function lineOffset(context: CanvasRenderingContext2D, rowHeight: number): number {
  const { fontBoundingBoxAscent, fontBoundingBoxDescent } = context.measureText('x');
  const [ascent, descent] = [Math.round(fontBoundingBoxAscent), Math.round(fontBoundingBoxDescent)];
  return Math.floor((rowHeight - ascent - descent) / 2) + ascent;
}
