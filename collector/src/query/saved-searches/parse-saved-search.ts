import { MAX_SAVED_NAME_CHARACTERS, MAX_SAVED_SEARCH_BYTES, type SavedSearchBody } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { isTexts } from '../../storage/searches/parse-searches.ts';
import type { Expected } from './change-searches.ts';

const ID = /^[A-Za-z0-9_-]{1,64}$/;
/** An entity tag as the answer's revision is written in one (RFC 9110, section 8.8.3). */
const TAG = /^"([A-Za-z0-9_-]{1,64})"$/;
/** More than the page of logs has in its address. */
const MAX_PARAMETERS = 20;
const PARAMETER_NAME = /^[a-zA-Z][a-zA-Z0-9]{0,31}$/;

export function parseSearchId(id: string | undefined): string {
  if (id !== undefined && ID.test(id)) return id;
  throw wrong('id', '1 to 64 of the characters A-Z, a-z, 0-9, _ and -');
}

/** What a change expects to find, by the conditional headers of HTTP (RFC 9110, section 13.1). */
export function parseExpected(headers: { readonly ifMatch: string | undefined; readonly ifNoneMatch: string | undefined }): Expected {
  const { ifMatch, ifNoneMatch } = headers;
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*') throw wrong('if-none-match', '*');
  if (ifNoneMatch !== undefined && ifMatch !== undefined) throw wrong('if-match', 'absent beside if-none-match');
  if (ifNoneMatch !== undefined) return { is: 'absent' };
  if (ifMatch === undefined) return { is: 'any' };
  const revision = TAG.exec(ifMatch.trim())?.[1];
  if (revision === undefined) throw wrong('if-match', 'a revision in double quotes');
  return { is: 'revision', revision };
}

/** A name without space around it, on one line, and parameters that are text. Throws `invalid_argument` with the field, `body_too_large`. */
export function parseSavedSearchBody(body: unknown): SavedSearchBody {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw notAnObject();
  const { name, search, ...others }: { readonly name?: unknown; readonly search?: unknown } = body;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw wrong(unknown, 'absent: a saved search has name and search');
  if (typeof name !== 'string' || !isName(name))
    throw wrong('name', `1 to ${MAX_SAVED_NAME_CHARACTERS} characters on one line, without space around`);
  if (!isTexts(search) || !Object.keys(search).every((parameter) => PARAMETER_NAME.test(parameter)))
    throw wrong('search', 'an object of parameters of the page of logs, whose values are text');
  if (Object.keys(search).length > MAX_PARAMETERS) throw wrong('search', `at most ${MAX_PARAMETERS} parameters`);
  if (Buffer.byteLength(JSON.stringify(search)) > MAX_SAVED_SEARCH_BYTES)
    throw new ThreadlineError('body_too_large', `A saved search has at most ${MAX_SAVED_SEARCH_BYTES} bytes.`, { field: 'search' });
  return { name, search };
}

function isName(name: string): boolean {
  // A control character has no look, so that two names would look the same.
  return name !== '' && name === name.trim() && !/\p{Cc}/u.test(name) && [...name].length <= MAX_SAVED_NAME_CHARACTERS;
}

function notAnObject(): ThreadlineError {
  return new ThreadlineError('invalid_argument', 'The body is not a saved search: expected a JSON object with name and search.', {
    field: 'body',
    expected: ['a JSON object with name and search'],
  });
}

function wrong(field: string, expected: string): ThreadlineError {
  return new ThreadlineError('invalid_argument', `The ${field} of a saved search is not ${expected}.`, { field, expected: [expected] });
}
