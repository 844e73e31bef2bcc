import { createHash } from 'node:crypto';

/**
 * What stands in a template where messages differ: `num` a number, also with a unit or a sign; `hex` a long run of hex digits; `uuid`; `ip` an IPv4
 * address, also with its port; `time` a date or a time of day; `id` anything else with a digit in it, and very long words; `any` one word; `rest`
 * all that follows.
 */
export const WILDCARDS = ['any', 'num', 'hex', 'uuid', 'ip', 'time', 'id', 'rest'] as const;
export type Wildcard = (typeof WILDCARDS)[number];

/** A piece of a template: text as messages have it, or a place where they differ. */
export type TemplatePart = { readonly text: string } | { readonly wildcard: Wildcard };

/**
 * A template as one text, as it is stored: constant pieces as they are, each wildcard as one control character, in the order of `WILDCARDS` from
 * U+0001 on. Constant pieces have no control characters. On disk and in indices: never change it.
 */
export type TemplateText = string;

/** Stands for all records that found no room among a service's templates. */
export const OTHER_TEMPLATE: TemplateText = '\u000e';
/** Stands for records without a text to make a template of. */
export const NO_TEMPLATE: TemplateText = '';

/** Ids of the two that are no template. */
export const OTHER_ID = 'other';
export const NO_TEMPLATE_ID = 'none';

const ID_LENGTH = 16;
const WILDCARD_PATTERN = /[\u0001-\u0008]/;
const PARTS_PATTERN = /([\u0001-\u0008])/;

/** The code unit that a wildcard is in a template's text. */
export function wildcardUnit(wildcard: Wildcard): number {
  return WILDCARDS.indexOf(wildcard) + 1;
}

/** The wildcard that a unit of a template's text stands for; undefined for any other. */
export function wildcardOfUnit(unit: number): Wildcard | undefined {
  return WILDCARDS[unit - 1];
}

/** 16 hex digits, `other` or `none`: the same for the same template in every process, whoever made it. */
export function templateId(text: TemplateText): string {
  if (text === OTHER_TEMPLATE) return OTHER_ID;
  if (text === NO_TEMPLATE) return NO_TEMPLATE_ID;
  return createHash('sha256').update(text).digest('hex').slice(0, ID_LENGTH);
}

/** The pieces of a template in order; none of the two that are no template. */
export function templateParts(text: TemplateText): TemplatePart[] {
  if (text === OTHER_TEMPLATE) return [];
  return text.split(PARTS_PATTERN).flatMap((piece): TemplatePart[] => {
    if (piece === '') return [];
    const wildcard = WILDCARD_PATTERN.test(piece) ? wildcardOfUnit(piece.charCodeAt(0)) : undefined;
    return [wildcard ? { wildcard } : { text: piece }];
  });
}

/** For a person who reads a text: `user <any> logged in after <num>`. */
export function describeTemplate(text: TemplateText): string {
  return templateParts(text)
    .map((part) => ('text' in part ? part.text : `<${part.wildcard}>`))
    .join('');
}
