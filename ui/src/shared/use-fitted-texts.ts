import { useMemo } from 'react';
import { fittedName, fittedText } from '../logic/fitted-text.ts';
import { boxTextMeasures } from './measure-text.ts';

/** Texts in boxes of diagrams: as much of each as there are pixels for. SVG cuts nothing by itself. */
export interface FittedTexts {
  /** A name, of which the end is seen too. */
  readonly title: (text: string, room: number) => string;
  readonly facts: (text: string, room: number) => string;
  readonly factsWidth: (text: string) => number;
}

/** The same functions for as long as the component is there. */
export function useFittedTexts(): FittedTexts {
  return useMemo(() => {
    const { title, facts } = boxTextMeasures();
    return {
      title: (text, room) => fittedName(text, room, title),
      facts: (text, room) => fittedText(text, room, facts),
      factsWidth: facts,
    };
  }, []);
}
