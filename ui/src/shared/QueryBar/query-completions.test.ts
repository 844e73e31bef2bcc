import { CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { expect, it } from 'vitest';
import type { SeenValues } from '../../logic/seen-values.ts';
import { type CompletionSourceOptions, completeQuery } from './query-completions.ts';

const context = (text: string) => new CompletionContext(EditorState.create({ doc: text }), text.length, false);

function details(result: CompletionResult | null | undefined): unknown[][] {
  return (result?.options ?? []).map(({ label, detail }) => [label, detail]);
}

const loaded = (count: number): SeenValues => new Map([['region', new Map([['east', count]])]]);

function optionsOf(more: Partial<CompletionSourceOptions>): CompletionSourceOptions {
  return {
    target: 'logs',
    seenValues: new Map(),
    services: [],
    history: [],
    rangeFields: undefined,
    rangeValues: { at: () => undefined, noteOffered: () => undefined },
    describe: ({ count, isOfRange }) => `${count} ${isOfRange ? 'records' : 'loaded'}`,
    ...more,
  };
}

it('counts anew with each letter, from what is loaded by then', async () => {
  let options = optionsOf({ seenValues: loaded(7) });
  const first = completeQuery(context('region:e'), () => options);
  expect(details(first)).toEqual([['east', '7 loaded']]);
  options = optionsOf({ seenValues: loaded(200) });
  const next = first?.update?.(first, 7, 8, context('region:ea'));
  expect(details(next)).toEqual([['east', '200 loaded']]);
});

it('tells the values that it offers with their counts of the range', () => {
  const noted: ReadonlyMap<string, number | undefined>[] = [];
  const values = new Map([['east', 900]]);
  const rangeValues = { at: () => values, noteOffered: (offered: ReadonlyMap<string, number | undefined>) => void noted.push(offered) };
  const seenValues: SeenValues = new Map([['region', new Map(Object.entries({ east: 7, eastern: 3 }))]]);
  completeQuery(context('region:e'), () => optionsOf({ seenValues, rangeValues }));
  expect(noted).toEqual([
    new Map([
      ['east', 900],
      ['eastern', undefined],
    ]),
  ]);
});
