import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorAnswer } from '../../src/api/index.ts';
import { createOpenApiDocument } from '../../src/query/openapi/openapi-document.ts';

const PATH_PARAMETER = /\{[^}]+\}/g;

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, Response>>;
}

interface Response {
  readonly description: string;
  readonly content: { readonly 'application/json': { readonly schema: { readonly $ref: string }; readonly example?: object } };
}

/** The API's description, typed as far as the suite looks into it. */
export const DOCUMENT = createOpenApiDocument('0.0.0-test') as Described;

const ajv = new Ajv2020({ allErrors: true, strict: false });
ajv.addSchema(DOCUMENT, 'openapi.json');

/** The described path that this one is an instance of: a literal one first. */
function describedPath(path: string): string | undefined {
  const candidates = Object.keys(DOCUMENT.paths).filter((described) => {
    const parts = described.split(PATH_PARAMETER).map((part) => part.replace(/[.]/g, '\\.'));
    return new RegExp(`^${parts.join('[^/]+')}$`).test(path);
  });
  return candidates.find((candidate) => candidate === path) ?? candidates[0];
}

interface Answered {
  /** In lower case; `get` by default. */
  readonly method?: string;
  readonly status: number;
}

/** What is wrong with a real answer by the API's own description; empty when nothing is. */
export function describeMismatch(path: string, { method = 'get', status }: Answered, body: unknown): string {
  const described = describedPath(path);
  const response = described === undefined ? undefined : DOCUMENT.paths[described]?.[method]?.responses[status];
  // A path that nothing describes is answered by the error that all have.
  const schema = response?.content['application/json'].schema ?? { $ref: '#/components/schemas/ErrorAnswer' };
  if (described !== undefined && response === undefined && status !== 405) return `${described} does not describe ${status}`;
  const code = (body as Partial<ErrorAnswer>).error?.code;
  if (response !== undefined && code !== undefined && !new RegExp(`\\b${code}\\b`).test(response.description))
    return `${described} does not describe ${status} with the code ${code}`;
  return validate(schema.$ref, body);
}

/** What is wrong with a value by one of the document's schemas. */
export function validate(reference: string, value: unknown): string {
  const check = ajv.getSchema(`openapi.json${reference}`);
  if (check === undefined) return `${reference} is not in the document`;
  return check(value) ? '' : ajv.errorsText(check.errors);
}
