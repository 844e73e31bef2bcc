import { describe, expect, it } from 'vitest';
import type { FlowSequence, SequenceMessage } from './flow-sequence.ts';
import { sequenceMermaid, sequencePicture } from './sequence-export.ts';
import { foldSequence, sequenceRows } from './sequence-folding.ts';

const message = (fields: Partial<SequenceMessage>): SequenceMessage => ({
  type: 'call',
  from: 0,
  to: 1,
  label: 'GET /',
  spans: [],
  main: 0,
  logs: [],
  isError: false,
  attempt: 1,
  parent: -1,
  start: 0,
  duration: 1e6,
  ...fields,
});
const participants: FlowSequence['participants'] = [
  { type: 'outside', name: '', instance: '' },
  { type: 'service', name: 'orders', instance: 'a1' },
  { type: 'queue', name: 'kafka <orders>; #1', instance: '' },
];
const words = { outside: 'Client', unnamed: 'unnamed', unnamedSpan: '(no name)' };

describe('sequenceMermaid', () => {
  it('writes participants, calls, messages, errors, attempts and loops', () => {
    const messages = [
      message({}),
      message({ type: 'async', from: 1, to: 2, label: 'publish' }),
      message({ from: 1, to: 1, type: 'self', label: 'check', isError: true, attempt: 2 }),
      message({ label: '' }),
      ...[0, 1, 2].map(() => message({ label: 'again' })),
    ];
    const nodes = foldSequence(messages.map(({ label, parent }) => ({ signature: label, parent })));
    expect(sequenceMermaid({ participants, messages, messageOf: new Int32Array() }, nodes, words).split('\n')).toEqual([
      'sequenceDiagram',
      '  actor p0 as Client',
      '  participant p1 as orders · a1',
      '  participant p2 as kafka #60;orders#62;#59; #35;1',
      '  p0->>p1: GET /',
      '  p1-)p2: publish',
      '  p1-xp1: check (attempt 2)',
      '  p0->>p1: (no name)',
      '  loop 3 times',
      '    p0->>p1: again',
      '  end',
      '',
    ]);
  });
});

describe('sequencePicture', () => {
  it('is a picture whose texts are texts, with a row for each that is drawn', () => {
    const messages = [message({ label: '<script>alert(1)</script>' }), message({ type: 'self', to: 0, label: '' })];
    const nodes = foldSequence(messages.map(({ label, parent }) => ({ signature: label, parent })));
    const { svg, width, height } = sequencePicture(
      { participants, messages, messageOf: new Int32Array() },
      sequenceRows(nodes, new Set()),
      words,
    );
    expect(svg).toContain('&#60;script&#62;');
    expect(svg).not.toContain('<script');
    expect(svg).toContain('(no name)');
    expect([width, height]).toEqual([550, 148]);
  });
});
