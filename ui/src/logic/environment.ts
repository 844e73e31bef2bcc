import { attributeFilter } from './query-filter.ts';

/** Where services run, as `deployment.environment.name`: undefined is everywhere, an empty one what does not say. */
export type Environment = string | undefined;

/** In an address, where nothing is what it is without. */
const UNSET = '-';
/** The second one is what it was called before. */
const KEYS = ['deployment.environment.name', 'deployment.environment'] as const;

export function environmentUrl(environment: Environment): { readonly env?: string } {
  return environment === undefined ? {} : { env: environment === '' ? UNSET : environment };
}

export function parseEnvironment(env: string | undefined): Environment {
  return env === UNSET ? '' : env;
}

/** A query that finds the records from there; empty for everywhere. */
export function environmentFilter(environment: Environment): string {
  if (environment === undefined) return '';
  if (environment === '') return KEYS.map((key) => `-${key}:*`).join(' ');
  return `(${KEYS.map((key) => attributeFilter({ place: 'any', key }, { stringValue: environment })).join(' OR ')})`;
}

/** The query, of what is from there. */
export function queryIn(environment: Environment, query: string): string {
  return [query, environmentFilter(environment)].filter((part) => part !== '').join(' ');
}
