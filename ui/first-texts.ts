import type { Plugin } from 'vite';
import { english } from './src/messages/english.ts';
import { korean } from './src/messages/korean.ts';

/**
 * Texts of the frame and of the list of logs, by how their keys begin: with them the page that `/` leads to is drawn. All others come right after it.
 * `scripts/check-budget.ts` fails the build where the first load speaks of a text that is not among them.
 */
const FIRST = [
  'banner.',
  'bar.',
  'columns.',
  'copy.',
  'detail.resize',
  'empty.',
  'error.',
  'errors.deploy',
  'export.',
  'fields.',
  'frame.',
  'histogram.',
  'logs.',
  'logStats.open',
  'logStats.title',
  'logStats.toList',
  'live.start',
  'live.stop',
  'live.title',
  'notFound.',
  'patterns.open',
  'patterns.title',
  'patterns.toList',
  'query.',
  'rail.',
  'reading.',
  'record.title',
  'saved.loading',
  'saved.title',
  'service.unnamed',
  'settings.',
  'state.',
  'time.',
  'value.addColumn',
  'value.emptyString',
  'value.removeColumn',
];

/** The first texts of each language as modules, made of those that hold all. */
export function firstTexts(): Plugin {
  const texts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'virtual:first-texts/en': firstOf(english),
    'virtual:first-texts/ko': firstOf(korean),
  };
  return {
    name: 'threadline-first-texts',
    resolveId: (id) => (id in texts ? `\0${id}` : undefined),
    load: (id) => (id.slice(1) in texts ? `export const texts = ${JSON.stringify(texts[id.slice(1)])};` : undefined),
  };
}

/** Is among the texts that come first. */
export function isFirst(key: string): boolean {
  return FIRST.some((start) => key.startsWith(start));
}

function firstOf(all: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => isFirst(key)));
}
