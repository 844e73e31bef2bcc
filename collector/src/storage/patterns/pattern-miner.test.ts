import { describe, expect, it } from 'vitest';
import { PatternMiner } from './pattern-miner.ts';
import { MAX_SERVICE_TEMPLATES } from './service-templates.ts';
import { describeTemplate, NO_TEMPLATE, OTHER_TEMPLATE, type TemplateText } from './template-text.ts';

const WORDS = 'red green blue gold pink teal lime navy plum rose sand snow'.split(' ');

/** The template that each message had when it came. */
function mine(miner: PatternMiner, messages: readonly string[], service = 'orders'): TemplateText[] {
  const batch = miner.startBatch();
  const find = batch.service('default', service);
  return messages.map((message) => {
    const bytes = Buffer.from(message);
    return batch.templates[find(bytes, 0, bytes.length)] ?? '';
  });
}

const described = (texts: readonly TemplateText[]): string[] => texts.map(describeTemplate);

describe('a pattern miner', () => {
  it('gives messages of one shape one template', () => {
    expect(new Set(described(mine(new PatternMiner(), ['order 1 paid', 'order 2 paid', 'order 3 paid'])))).toEqual(
      new Set(['order <num> paid']),
    );
  });

  it('takes words for values once there are many at one place', () => {
    const miner = new PatternMiner();
    const found = described(
      mine(
        miner,
        WORDS.map((name) => `user ${name} logged in`),
      ),
    );
    expect(found[0]).toBe('user red logged in');
    expect(found.slice(4)).toEqual(WORDS.slice(4).map(() => 'user <any> logged in'));
    expect(described(mine(miner, ['user red logged in']))).toEqual(['user <any> logged in']);
  });

  it('keeps a few words apart that say what happened', () => {
    const verbs = ['paid', 'sent', 'lost', 'held'];
    const found = described(
      mine(
        new PatternMiner(),
        verbs.map((verb) => `the order 5 was ${verb}`),
      ),
    );
    expect(found).toEqual(verbs.map((verb) => `the order <num> was ${verb}`));
  });

  it('finds several places at once', () => {
    const messages = Array.from({ length: 144 }, (_, index) => {
      // Each pair once, no two neighbours alike.
      const number = (index * 55) % 144;
      return `the user ${WORDS[number % 12]} has bought ${WORDS[Math.floor(number / 12)]}`;
    });
    expect(described(mine(new PatternMiner(), messages)).at(-1)).toBe('the user <any> has bought <any>');
  });

  it('takes unlike messages for no variants of one another', () => {
    const messages = WORDS.map((word, index) => `${word} ${WORDS[(index + 1) % 12]} ${WORDS[(index + 2) % 12]} ${WORDS[(index + 5) % 12]}`);
    expect(described(mine(new PatternMiner(), messages))).toEqual(messages);
  });

  it('has for each service templates of its own, at most so many, and names what found no room', () => {
    const miner = new PatternMiner();
    const word = (number: number): string => Array.from(String(number), (digit) => 'ghijklmnop'[Number(digit)]).join('');
    const messages = Array.from({ length: 20_000 }, (_, index) => `${word(3 * index)} ${word(3 * index + 1)} ${word(3 * index + 2)}`);
    const found = mine(miner, messages);
    expect(new Set(found).size).toBe(MAX_SERVICE_TEMPLATES + 1);
    const others = found.filter((text) => text === OTHER_TEMPLATE).length;
    expect(others).toBe(20_000 - MAX_SERVICE_TEMPLATES);
    expect(miner.others()).toEqual([{ tenant: 'default', service: 'orders', count: others, examples: expect.any(Array) }]);
    expect(miner.others()[0]?.examples).toHaveLength(3);
    expect(described(mine(miner, ['order 1 paid'], 'payments'))).toEqual(['order <num> paid']);
  });

  it('gives up templates that nothing has fitted for a day when there is no room', () => {
    let now = 0;
    const miner = new PatternMiner(() => now);
    // Of one word each, so that none is a variant of another.
    const texts = Array.from({ length: MAX_SERVICE_TEMPLATES }, (_, index) =>
      ['x'.repeat(1 + (index % 10)), 'y'.repeat(1 + (Math.floor(index / 10) % 10)), 'z'.repeat(1 + Math.floor(index / 100))].join(''),
    );
    mine(miner, texts);
    expect(mine(miner, ['something new'])).toEqual([OTHER_TEMPLATE]);
    now = 25 * 60 * 60 * 1_000;
    mine(miner, ['xyz']);
    expect(described(mine(miner, ['something new', 'xyz']))).toEqual(['something new', 'xyz']);
  });

  it('gives a message without a text none', () => {
    expect(mine(new PatternMiner(), ['', 'a', ''])).toEqual([NO_TEMPLATE, 'a', NO_TEMPLATE]);
  });

  it('numbers the templates of a batch in the order in which they come', () => {
    const batch = new PatternMiner().startBatch();
    const numbers = ['a', 'b', 'a', '', 'c'].map((message) => {
      const bytes = Buffer.from(message);
      return batch.service('default', 's')(bytes, 0, bytes.length);
    });
    expect(numbers).toEqual([0, 1, 0, 2, 3]);
    expect(batch.entries).toEqual(['a', 'b', NO_TEMPLATE, 'c']);
  });
});
