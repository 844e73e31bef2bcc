export type TextMeasure = (text: string) => number;

/** Gives the pixels that a text takes in the font of data, of tables' size. */
export function dataTextMeasure(): TextMeasure {
  return measureOf((token) => `${token('--size-table')} ${token('--font-data')}`);
}

/** The same of labels in charts, which are smaller. */
export function labelTextMeasure(): TextMeasure {
  return measureOf((token) => `${token('--size-small')} ${token('--font-data')}`);
}

/** The same of texts in boxes of diagrams: of their titles, and of the figures below them. */
export function boxTextMeasures(): { readonly title: TextMeasure; readonly facts: TextMeasure } {
  return {
    title: measureOf((token) => `${token('--weight-strong')} ${token('--size-table')} ${token('--font-text')}`),
    facts: measureOf((token) => `${token('--size-small')} ${token('--font-text')}`),
  };
}

function measureOf(fontOf: (token: (name: string) => string) => string): TextMeasure {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return () => 0;
  const style = getComputedStyle(document.documentElement);
  context.font = fontOf((name) => style.getPropertyValue(name));
  return (text) => context.measureText(text).width;
}
