import { type ApiRoute, defineRoute } from '../api-route.ts';
import { invalidValue } from '../parameters/parameters.ts';
import { readEnvironments } from '../services/environments.ts';
import { parseFiguresRange } from '../services/figures-range.ts';
import { readMap } from '../services/read-map.ts';
import { readOperationFigures } from '../services/read-operation-figures.ts';
import { readService } from '../services/read-service.ts';
import { createUsualDurations } from '../services/usual-durations.ts';

const names = { single: ['from', 'to', 'environment'] };

/**
 * `service-map`: who calls whom, and how each service fares. `services/NAME/figures`: one service, how it fares, what it does, whom it talks to, where it runs.
 * What both are judged by is read once.
 */
export function createServiceFiguresRoutes(): readonly ApiRoute[] {
  const usualDurations = createUsualDurations();
  return [
    defineRoute({
      path: '/api/v1/service-map',
      names,
      parse: (input) => parseFiguresRange(input),
      answer: (range, reader) => readMap(range, { ...reader, usualDurations }),
    }),
    defineRoute({
      path: '/api/v1/services/:service/figures',
      names,
      parse: (input) => ({ service: input.path.service ?? '', range: parseFiguresRange(input) }),
      answer: (request, reader) => readService(request, { ...reader, usualDurations }),
    }),
  ];
}

/** Where what was sent in the range is from: what `environment` can be asked for. */
export const environmentsRoute = defineRoute({
  path: '/api/v1/environments',
  names: { single: ['service', 'from', 'to'] },
  parse(input) {
    const service = input.parameters.get('service');
    return { ...parseFiguresRange(input), ...(service !== undefined && { service }) };
  },
  answer: (request, reader) => readEnvironments(request, reader),
});

/** Each costs a look at its figures; a trace's bars ask for those of its services. */
const MAX_SERVICES = 50;

/** How long the operations of several services take. */
export const operationFiguresRoute = defineRoute({
  path: '/api/v1/operation-figures',
  names: { ...names, repeated: ['service'] },
  parse(input) {
    const services = [...new Set(input.parameters.all('service'))];
    if (services.length === 0 || services.length > MAX_SERVICES) throw invalidValue('service', `given 1 to ${MAX_SERVICES} times`);
    return { services, range: parseFiguresRange(input) };
  },
  answer: ({ services, range }, reader) => readOperationFigures(services, range, reader),
});
