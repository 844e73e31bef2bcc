/** Gives the pixels that a text takes in the font of data, of tables' size. */
export function dataTextMeasure(): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return () => 0;
  const style = getComputedStyle(document.documentElement);
  context.font = `${style.getPropertyValue('--size-table')} ${style.getPropertyValue('--font-data')}`;
  return (text) => context.measureText(text).width;
}
