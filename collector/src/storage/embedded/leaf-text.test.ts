import { describe, expect, it } from 'vitest';
import { attributeLeaves } from '../../model/attribute-leaves.ts';
import { encodeLeaves, encodeTexts, escapeText, leafStart } from './leaf-text.ts';

const RS = '\u001e';
const US = '\u001f';

describe('encodeLeaves', () => {
  it('writes key, text and class of each leaf between separators', () => {
    const leaves = attributeLeaves([
      { key: 'a', value: { stringValue: '5' } },
      { key: 'b', value: { intValue: '5' } },
      { key: 'c', value: { doubleValue: 5.5 } },
      { key: 'd', value: { doubleValue: 'NaN' } },
      { key: 'e', value: { boolValue: true } },
      { key: 'f', value: { bytesValue: 'AA==' } },
    ]);
    expect(encodeLeaves(leaves)).toBe(
      `${RS}a${US}5${US}s${RS}b${US}5${US}i${RS}c${US}5.5${US}d${RS}d${US}NaN${US}n${RS}e${US}true${US}b${RS}f${US}AA==${US}x${RS}`,
    );
  });

  it('is empty without leaves', () => {
    expect(encodeLeaves([])).toBe('');
    expect(encodeTexts([])).toBe('');
  });

  it('never has a separator inside a key or value', () => {
    const hostile = `${RS}other${US}x${US}s${RS}`;
    const encoded = encodeLeaves([{ key: hostile, value: { type: 'string', value: hostile } }]);
    expect(encoded.split(RS)).toHaveLength(3);
    expect(encoded).not.toContain(leafStart('other'));
  });
});

describe('escapeText', () => {
  it('keeps different texts different', () => {
    const texts = ['\u001d', '\u001e', '\u001f', '\u001dA', '\u001dB', 'A', '\u001d\u001d', '\u001eB', ''];
    expect(new Set(texts.map(escapeText)).size).toBe(texts.length);
  });

  it('leaves a text without control characters alone', () => {
    expect(escapeText('서울 \\ 😀 \u0000 \n')).toBe('서울 \\ 😀 \u0000 \n');
  });
});
