import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { describe, expect, it } from 'vitest';
import { english, type MessageKey } from './english.ts';
import { korean } from './korean.ts';
import { createTranslate, preferredLanguage } from './translate.tsx';

const keys = Object.keys(english) as MessageKey[];
function argumentsOf(message: string): Set<string> {
  const names = new Set<string>();
  const collect = (elements: MessageFormatElement[]) => {
    for (const element of elements) {
      if (element.type !== TYPE.literal && element.type !== TYPE.pound) names.add(element.value);
      if (element.type === TYPE.plural) for (const option of Object.values(element.options)) collect(option.value);
    }
  };
  collect(parse(message));
  return names;
}

describe('messages', () => {
  it.each([
    ['en', english],
    ['ko', korean],
  ] as const)('are all valid ICU messages in %s', (language, messages) => {
    const translate = createTranslate(language, { messages });
    for (const key of keys) {
      const values = Object.fromEntries([...argumentsOf(english[key])].map((name) => [name, 2]));
      expect(translate(key, values), key).not.toBe('');
    }
  });

  it('use the same values in both languages', () => {
    for (const key of keys) expect(argumentsOf(korean[key]), key).toEqual(argumentsOf(english[key]));
  });

  it('count in words', () => {
    const translate = createTranslate('en', { messages: english });
    expect(translate('logs.total', { count: 1, shown: '1' })).toBe('1 record');
    expect(translate('logs.total', { count: 12_408, shown: '12,408' })).toBe('12,408 records');
  });

  it('are in the first language of the browser that there is', () => {
    expect(preferredLanguage(['fr-FR', 'ko-KR', 'en'])).toBe('ko');
    expect(preferredLanguage(['fr'])).toBe('en');
  });
});
