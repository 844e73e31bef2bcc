import { createHash } from 'node:crypto';
import { NO_TEMPLATE_ID, OTHER_TEMPLATES_ID } from '@threadline/query-language';
import { PATTERN_WILDCARDS, type PatternPart, type PatternWildcard } from '../../api/index.ts';

/**
 * A template as one text, as it is stored: constant pieces as they are, each wildcard as one control character, in the order of `PATTERN_WILDCARDS` from
 * U+0001 on. Constant pieces have no control characters. On disk and in indices: never change it.
 */
export type TemplateText = string;

/** Stands for all records that found no room among a service's templates. */
export const OTHER_TEMPLATE: TemplateText = '\u000e';
/** Stands for records without a text to make a template of. */
export const NO_TEMPLATE: TemplateText = '';

const ID_LENGTH = 16;
/** All units that stand for wildcards. */
export const WILDCARD_UNITS = String.fromCharCode(...PATTERN_WILDCARDS.map((_, number) => number + 1));
const WILDCARD_PATTERN = new RegExp(`([${WILDCARD_UNITS}])`);

/** The code unit that a wildcard is in a template's text. */
export function wildcardUnit(wildcard: PatternWildcard): number {
  return PATTERN_WILDCARDS.indexOf(wildcard) + 1;
}

/** The wildcard that a unit of a template's text stands for; undefined for any other. */
export function wildcardOfUnit(unit: number): PatternWildcard | undefined {
  return PATTERN_WILDCARDS[unit - 1];
}

/** 16 hex digits, `other` or `none`: the same for the same template in every process, whoever made it. */
export function templateId(text: TemplateText): string {
  if (text === OTHER_TEMPLATE) return OTHER_TEMPLATES_ID;
  if (text === NO_TEMPLATE) return NO_TEMPLATE_ID;
  return createHash('sha256').update(text).digest('hex').slice(0, ID_LENGTH);
}

/** The pieces of a template in order; none of the two that are no template. */
export function templateParts(text: TemplateText): PatternPart[] {
  if (text === OTHER_TEMPLATE) return [];
  return text.split(WILDCARD_PATTERN).flatMap((piece): PatternPart[] => {
    if (piece === '') return [];
    const wildcard = piece.length === 1 ? wildcardOfUnit(piece.charCodeAt(0)) : undefined;
    return [wildcard ? { wildcard } : { text: piece }];
  });
}

/** For a person who reads a text: `user <any> logged in after <num>`. */
export function describeTemplate(text: TemplateText): string {
  return templateParts(text)
    .map((part) => ('text' in part ? part.text : `<${part.wildcard}>`))
    .join('');
}
