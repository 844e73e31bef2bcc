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

  it('count one call in the singular where a service’s state is explained', () => {
    const translate = createTranslate('en', { messages: english });
    const one = { count: 1, shown: '1', errors: '0', share: '0%' };
    expect(translate('services.whyHealthy', one)).toBe(
      '0 of 1 call of its last five minutes failed (0%), and it took no longer than usual.',
    );
    expect(translate('services.whyFailing', { ...one, errors: '1', share: '100%' })).toBe(
      '1 of 1 call of its last five minutes failed (100%).',
    );
    expect(translate('services.whyResting', { ...one, usual: '1 h', time: '14:03' })).toBe(
      'It is called about every 1 h. The last time, 14:03, 0 of 1 call failed (0%).',
    );
    expect(translate('services.whyLogs', { ...one, errors: 1, shownErrors: '1', share: '100%' })).toContain(
      'Of 1 log record in them 1 is an error (100%).',
    );
    expect(translate('services.whyLogs', { count: 1_200, shown: '1,200', errors: 0, shownErrors: '0', share: '0%' })).toContain(
      'Of 1,200 log records in them 0 are errors (0%).',
    );
    expect(translate('services.whyHealthy', { count: 12, shown: '12', errors: '0', share: '0%' })).toContain(
      '0 of 12 calls of its last five minutes failed',
    );
  });

  it('are in the first language of the browser that there is', () => {
    expect(preferredLanguage(['fr-FR', 'ko-KR', 'en'])).toBe('ko');
    expect(preferredLanguage(['fr'])).toBe('en');
  });
});
