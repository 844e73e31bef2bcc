import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemplateForest } from './template-forest.ts';
import { describeTemplate, OTHER_TEMPLATE, type TemplateText, templateId, wildcardUnit } from './template-text.ts';

/** As `describeTemplate` writes it. */
function template(text: string): TemplateText {
  return text.replace(/<(\w+)>/g, (_whole, kind) => String.fromCharCode(wildcardUnit(kind)));
}

function forestOf(texts: readonly string[]): TemplateForest {
  const forest = new TemplateForest();
  for (const text of texts) forest.add(template(text));
  return forest;
}

const rootIn = (forest: TemplateForest, text: string): string => describeTemplate(forest.rootOf(template(text)));

describe('a forest of templates', () => {
  it('folds what fits a more general one into it', () => {
    const forest = forestOf(['user red logged in', 'user <any> logged in', 'user red logged out', 'user <num> logged in']);
    expect(rootIn(forest, 'user red logged in')).toBe('user <any> logged in');
    expect(rootIn(forest, 'user <num> logged in')).toBe('user <any> logged in');
    expect(rootIn(forest, 'user red logged out')).toBe('user red logged out');
  });

  it('takes an id for hex, and hex for a number, where both are there', () => {
    const forest = forestOf(['job <num> done', 'job <hex> done', 'job <id> done', 'task <num> done']);
    expect(rootIn(forest, 'job <num> done')).toBe('job <id> done');
    expect(rootIn(forest, 'job <hex> done')).toBe('job <id> done');
    expect(rootIn(forest, 'task <num> done')).toBe('task <num> done');
  });

  it('folds nothing into what has other signs between', () => {
    expect(rootIn(forestOf(['a=<any>;', 'a: b;', 'a=b;']), 'a: b;')).toBe('a: b;');
  });

  it('follows one that comes later', () => {
    const forest = forestOf(['user red logged in']);
    expect(rootIn(forest, 'user red logged in')).toBe('user red logged in');
    forest.add(template('user <any> logged in'));
    expect(rootIn(forest, 'user red logged in')).toBe('user <any> logged in');
  });

  it('forgets one that is taken away', () => {
    const forest = forestOf(['user red logged in', 'user <any> logged in']);
    expect(rootIn(forest, 'user red logged in')).toBe('user <any> logged in');
    forest.remove(template('user <any> logged in'));
    expect(rootIn(forest, 'user red logged in')).toBe('user red logged in');
    expect(forest.membersOf(templateId(template('user <any> logged in')))).toEqual([]);
  });

  it('gives an id for what fits a template, also where that is part of another by now', () => {
    const forest = forestOf(['a b c', 'a <any> c', 'a x c', '<any> x c', '<any> <any> c']);
    const membersOf = (text: string): string[] => forest.membersOf(templateId(template(text))).map(describeTemplate);
    expect(membersOf('<any> <any> c').sort()).toEqual(['<any> <any> c', '<any> x c', 'a <any> c', 'a b c', 'a x c']);
    expect(membersOf('a <any> c').sort()).toEqual(['a <any> c', 'a b c', 'a x c']);
    expect(membersOf('never seen')).toEqual([]);
  });

  it('keeps the two that are no template', () => {
    const forest = forestOf(['<any>']);
    forest.add(OTHER_TEMPLATE);
    forest.add('');
    expect(forest.rootOf(OTHER_TEMPLATE)).toBe(OTHER_TEMPLATE);
    expect(forest.rootOf('')).toBe('');
    expect(forest.membersOf('other')).toEqual([OTHER_TEMPLATE]);
    expect(forest.membersOf('none')).toEqual(['']);
  });

  it('is the same in whatever order its templates come, and each template is of exactly one root', () => {
    const token = fc.constantFrom('a', 'b', '<any>', '<num>', '<hex>', '<id>');
    const texts = fc.uniqueArray(
      fc.array(token, { minLength: 3, maxLength: 3 }).map((tokens) => tokens.join(' ')),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(
        texts.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const forest = forestOf(list);
          const other = forestOf(shuffled);
          for (const text of list) expect(rootIn(other, text)).toBe(rootIn(forest, text));
          const roots = new Set(list.map((text) => rootIn(forest, text)));
          const members = [...roots].flatMap((root) => forest.membersOf(templateId(template(root))).map(describeTemplate));
          expect(members.sort()).toEqual([...list].sort());
        },
      ),
    );
  });
});
