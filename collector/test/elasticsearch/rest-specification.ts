import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assembleElasticsearch } from '../../../deploy/elasticsearch/assemble.mjs';
import type { RecordedRequest } from './secured-proxy.ts';

const FOLDER = 'rest-api-spec/api';
const COMMON = '_common.json';

interface Parameter {
  readonly type: string;
  readonly options?: readonly string[];
}

interface Api {
  readonly headers?: { readonly content_type?: readonly string[] };
  readonly url: {
    readonly paths: readonly { readonly path: string; readonly methods: readonly string[]; readonly parts?: Record<string, Parameter> }[];
  };
  readonly params?: Readonly<Record<string, Parameter>>;
  readonly body?: { readonly required?: boolean } | null;
}

/** Elasticsearch's own description of its REST API. */
export interface RestSpecification {
  /** What in the request is not as the specification has it; empty when all is. */
  problemsOf(request: RecordedRequest): string[];
}

/** Of the version that the node of the tests has. */
export async function readRestSpecification(directory: string): Promise<RestSpecification> {
  const { directory: assembly, javaHome } = await assembleElasticsearch();
  const jars = join(assembly, 'jars');
  const jar = (await readdir(jars)).find((name) => name.startsWith('rest-api-spec-'));
  if (!jar) throw new Error(`no REST specification in ${jars}`);
  await promisify(execFile)(join(javaHome, 'bin', 'jar'), ['xf', join(jars, jar), FOLDER], { cwd: directory });
  const apis = new Map<string, Api>();
  for (const name of await readdir(join(directory, FOLDER))) {
    const parsed: Readonly<Record<string, Api>> = JSON.parse(await readFile(join(directory, FOLDER, name), 'utf8'));
    if (name !== COMMON) for (const [api, description] of Object.entries(parsed)) apis.set(api, description);
  }
  const common: Api = JSON.parse(await readFile(join(directory, FOLDER, COMMON), 'utf8'));
  return { problemsOf: (request) => problemsOf(request, { apis, common: common.params ?? {} }) };
}

function problemsOf(
  request: RecordedRequest,
  { apis, common }: { readonly apis: ReadonlyMap<string, Api>; readonly common: Readonly<Record<string, Parameter>> },
): string[] {
  const name = `${request.method} ${request.path}`;
  const found = bestMatch(request, apis);
  if (!found) return [`${name} is no API`];
  const { api } = found;
  const problems: string[] = [];
  for (const [parameter, value] of request.parameters) {
    const described = api.params?.[parameter] ?? common[parameter];
    if (!described) problems.push(`${name} has no parameter ${parameter}`);
    else if (!isOfType(described, value)) problems.push(`${name}: ${parameter}=${value} is no ${described.type}`);
  }
  if (request.body !== '' && !api.body) problems.push(`${name} takes no body`);
  if (request.body === '' && api.body?.required) problems.push(`${name} needs a body`);
  const types = api.headers?.content_type ?? [];
  const type = request.headers['content-type'];
  if (request.body !== '' && !types.includes(String(type))) problems.push(`${name} does not take ${type}`);
  return problems;
}

/** The API with the fewest parts of its path open that the request fits. */
function bestMatch({ method, path }: RecordedRequest, apis: ReadonlyMap<string, Api>): { readonly api: Api } | undefined {
  const segments = path.split('/').slice(1);
  const matches = [...apis.values()].flatMap((api) =>
    api.url.paths
      .filter((each) => each.methods.includes(method) && fits(segments, each.path.split('/').slice(1), each.parts ?? {}))
      .map((each) => ({ api, open: each.path.split('{').length })),
  );
  return matches.sort((a, b) => a.open - b.open)[0];
}

function fits(segments: readonly string[], pattern: readonly string[], parts: Readonly<Record<string, Parameter>>): boolean {
  if (segments.length !== pattern.length) return false;
  return pattern.every((wanted, at) => {
    const segment = segments[at] ?? '';
    const part = /^\{(.+)\}$/.exec(wanted)?.[1];
    if (part === undefined) return segment === wanted;
    const options = parts[part]?.options;
    // No name begins so, but the id of a document may.
    return (
      (part === 'id' || !segment.startsWith('_')) && (options === undefined || segment.split(',').every((each) => options.includes(each)))
    );
  });
}

function isOfType({ type, options }: Parameter, value: string): boolean {
  if (options && type === 'list') return value.split(',').every((each) => options.includes(each));
  if (options) return options.includes(value);
  switch (type) {
    case 'boolean':
      return value === 'true' || value === 'false';
    case 'number':
    case 'int':
    case 'long':
      return /^-?\d+$/.test(value);
    case 'time':
      return /^\d+(d|h|m|s|ms|micros|nanos)$/.test(value);
    default:
      return value !== '';
  }
}
