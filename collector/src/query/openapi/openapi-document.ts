import { ANSWER_SCHEMAS } from './answer-schemas.ts';
import { type JsonSchema, ref } from './json-schema.ts';
import { OPERATIONS, type OperationDescription } from './operations.ts';
import { RECORD_SCHEMAS } from './record-schemas.ts';

const OPENAPI_VERSION = '3.1.0';
/** The document describes every answer but itself. */
const DOCUMENT_SCHEMA: JsonSchema = { type: 'object', description: 'An OpenAPI 3.1 document.', required: ['openapi', 'info', 'paths'] };

const ERROR_DESCRIPTIONS = {
  400: 'A parameter is unknown, doubled or wrong, or the query is: the field, the position and what was expected are named. Codes: invalid_argument, unsupported_query, and those of the query language (unexpected_end, unexpected_character, unterminated_string, invalid_regex, invalid_escape, invalid_range, invalid_level, invalid_duration, invalid_time, invalid_value, not_supported_on_field, too_complex).',
  401: 'The read key is missing or wrong. Code: unauthenticated.',
  403: 'The Host header is not allowed (forbidden_host), or a page of another site asked (cross_site_request).',
  404: 'There is no such thing. Code: not_found.',
  405: 'The header `allow` has what the path takes. Code: method_not_allowed.',
  409: 'Another has the name (name_taken), or there are as many as there may be (limit_reached).',
  412: 'It is not as the condition in the header says: somebody else changed or deleted it. Code: changed_since.',
  413: 'The body, or what it holds, is over its limit. Code: body_too_large.',
  415: 'The body is not application/json. Code: unsupported_media_type.',
  429: 'As many such streams are open as there may be: close one, or try again later. Code: overloaded.',
  500: 'A fault of the collector. Code: internal.',
  503: 'The storage cannot be reached (storage_unavailable), or the collector is stopping (shutting_down): try again.',
  504: 'The storage did not answer in time: try a smaller range. Code: deadline_exceeded.',
} as const;
type ErrorStatus = keyof typeof ERROR_DESCRIPTIONS;
/** Of 400 beside the rest, where an operation takes a body. */
const BODY_ERROR = 'A body that is not JSON: malformed_body.';

const COMMON_ERRORS: readonly ErrorStatus[] = [400, 401, 403, 405, 500, 503, 504];

/** The description of the whole query API, as `/api/v1/openapi.json` serves it. */
export function createOpenApiDocument(version: string): object {
  return {
    openapi: OPENAPI_VERSION,
    info: {
      title: 'Threadline query API',
      version,
      description:
        'Searches logs and traces. Every answer but a stream and every error is JSON. Integers of 64 bits are decimal strings, so no digit is lost. Records are only read; what can be changed is the list of saved searches.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ readKey: [] }, {}],
    paths: describePaths(),
    components: {
      securitySchemes: {
        readKey: { type: 'http', scheme: 'bearer', description: 'THREADLINE_READ_KEY, where the collector has one.' },
      },
      schemas: { ...RECORD_SCHEMAS, ...ANSWER_SCHEMAS, OpenApiDocument: DOCUMENT_SCHEMA },
    },
  };
}

function describePaths(): Readonly<Record<string, object>> {
  const paths: Record<string, object> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method ?? 'get']: describe(operation) };
  }
  return paths;
}

function describe({ operationId, summary, parameters, body, answer, example, stream, errors = [], path }: OperationDescription) {
  const isHealth = answer === 'HealthAnswer';
  const statuses = [...new Set<ErrorStatus>([...COMMON_ERRORS, ...errors])]
    .filter((status) => !isHealth || (status !== 401 && status !== 503))
    .sort();
  const descriptions = body === undefined ? ERROR_DESCRIPTIONS : { ...ERROR_DESCRIPTIONS, 400: `${ERROR_DESCRIPTIONS[400]} ${BODY_ERROR}` };
  return {
    operationId,
    summary,
    ...(isHealth ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, ...json('As JSON.', body.schema, body.example) } }),
    responses: {
      200: stream ? streamed(stream) : json(summary, answer, path.endsWith('openapi.json') ? undefined : example),
      ...(isHealth ? { 503: json('The storage does not answer.', answer, { status: 'unavailable' }) } : {}),
      ...Object.fromEntries(statuses.map((status) => [status, json(descriptions[status], 'ErrorAnswer', errorExample(status))])),
    },
  };
}

function streamed({ description, mediaTypes }: NonNullable<OperationDescription['stream']>) {
  return { description, content: Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema: { type: 'string' } }])) };
}

function json(description: string, schema: string, example: object | undefined) {
  return { description, content: { 'application/json': { schema: ref(schema), ...(example === undefined ? {} : { example }) } } };
}

function errorExample(status: ErrorStatus): object {
  if (status === 400) {
    return {
      error: {
        code: 'invalid_range',
        message: 'The ends of a range are numbers (parameter "query", position 7).',
        field: 'query',
        position: 7,
        expected: ['a number'],
      },
    };
  }
  const description = ERROR_DESCRIPTIONS[status];
  const code = /[a-z]+_[a-z_]+|internal|unauthenticated/.exec(description)?.[0] ?? 'internal';
  return { error: { code, message: description } };
}
