import { type DeploymentsAnswer, ERROR_ORDERS, type ErrorGroupAnswer, type ErrorGroupsAnswer } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { OTHER_ERRORS } from '../../storage/errors/errors.ts';
import { answerNotes } from '../answer-notes.ts';
import { defineRoute, type Reader, type RouteInput } from '../api-route.ts';
import { bucketBounds, type ErrorsRange, parseErrorsRange } from '../errors/errors-range.ts';
import { countTraces, readExamples } from '../errors/read-examples.ts';
import { readInCommon } from '../errors/read-in-common.ts';
import { readSources } from '../errors/read-sources.ts';
import { readFirstVersions, summarizeErrors } from '../errors/summarize-errors.ts';
import { invalidValue, parseChoice, parseWholeNumber } from '../parameters/parameters.ts';
import { parseFiguresRange } from '../services/figures-range.ts';
import { readDeployments } from '../services/read-deployments.ts';

const DEFAULT_GROUPS = 50;
const MAX_GROUPS = 200;
/** One error in more services than that is a library's. */
const MAX_SERVICES = 20;
const names = { single: ['from', 'to', 'environment', 'buckets', 'order', 'limit'] };

/** The errors of all services. */
export const errorsRoute = defineRoute({
  path: '/api/v1/errors',
  names,
  parse: parseGroups,
  answer: (request, reader) => readGroups(request, reader),
});

/** The errors of one service. */
export const serviceErrorsRoute = defineRoute({
  path: '/api/v1/services/:service/errors',
  names,
  parse: (input) => ({ ...parseGroups(input), service: input.path.service ?? '' }),
  answer: (request, reader) => readGroups(request, reader),
});

/** One error: where it comes from, when, in which versions, operations and requests. */
export const errorRoute = defineRoute({
  path: '/api/v1/errors/:fingerprint',
  names: { single: ['service', 'environment', 'from', 'to', 'buckets'] },
  parse(input) {
    const fingerprint = input.path.fingerprint ?? '';
    if (!/^[0-9a-f]{16}$/.test(fingerprint)) throw invalidValue('fingerprint', '16 hexadecimal digits in lower case');
    const service = input.parameters.get('service');
    return { fingerprint, counted: parseErrorsRange(input), ...(service !== undefined && { service }) };
  },
  async answer({ fingerprint, service, counted }, reader): Promise<ErrorGroupAnswer> {
    const { storage, context } = reader;
    const request = { ...counted, fingerprint, order: 'count', limit: MAX_SERVICES, ...(service !== undefined && { service }) } as const;
    const { groups, partial } = await storage.errorGroups(request, context);
    if (groups.length === 0)
      throw new ThreadlineError('not_found', 'No record that is kept has this error.', {
        field: service === undefined ? 'fingerprint' : 'service',
      });
    const firstVersions = await readFirstVersions(
      groups.map((group) => group.service),
      reader,
    );
    const details = await Promise.all(
      groups.map(async (group) => {
        // Where a part of the range was counted there may be more.
        const traceCount = partial === undefined ? countTraces(group) : undefined;
        const [inCommon, sources, found] = await Promise.all([
          readInCommon(group, counted, reader),
          readSources(group, counted, reader),
          readExamples(group, reader),
        ]);
        return {
          ...summarizeErrors(group, counted, firstVersions.get(group.service)),
          operations: group.operations.map((operation) => ({ ...operation })),
          sources,
          ...(traceCount !== undefined && { traceCount }),
          ...(inCommon !== undefined && { inCommon }),
          ...found,
        };
      }),
    );
    return { fingerprint, groups: details, buckets: bucketBounds(counted), ...answerNotes({ partial }) };
  },
});

/** The versions of a service that are in a range, for the marks of its charts. */
export const deploymentsRoute = defineRoute({
  path: '/api/v1/services/:service/deployments',
  names: { single: ['from', 'to'] },
  parse: (input) => ({ service: input.path.service ?? '', range: parseFiguresRange(input).range }),
  answer: (request, reader): Promise<DeploymentsAnswer> => readDeployments(request, reader),
});

interface GroupsRequest {
  readonly counted: ErrorsRange;
  readonly order: (typeof ERROR_ORDERS)[number];
  readonly limit: number;
  readonly service?: string;
}

function parseGroups(input: RouteInput): GroupsRequest {
  return {
    counted: parseErrorsRange(input),
    order: parseChoice(input.parameters, 'order', ERROR_ORDERS, 'count'),
    limit: parseWholeNumber(input.parameters, 'limit', { min: 1, max: MAX_GROUPS, fallback: DEFAULT_GROUPS }),
  };
}

async function readGroups({ counted, ...asked }: GroupsRequest, reader: Reader): Promise<ErrorGroupsAnswer> {
  const result = await reader.storage.errorGroups({ ...counted, ...asked }, reader.context);
  const shown = result.groups.filter(({ fingerprint }) => fingerprint !== OTHER_ERRORS);
  const firstVersions = await readFirstVersions(
    shown.map(({ service }) => service),
    reader,
  );
  return {
    total: result.total,
    groupCount: result.groupCount,
    groups: shown.map((group) => summarizeErrors(group, counted, firstVersions.get(group.service))),
    others: result.groups.filter(({ fingerprint }) => fingerprint === OTHER_ERRORS).map(({ service, count }) => ({ service, count })),
    buckets: bucketBounds(counted),
    ...answerNotes({ partial: result.partial }),
  };
}
