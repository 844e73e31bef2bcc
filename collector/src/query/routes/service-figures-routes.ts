import { defineRoute } from '../api-route.ts';
import { invalidValue } from '../parameters/parameters.ts';
import { parseFiguresRange } from '../services/figures-range.ts';
import { readMap } from '../services/read-map.ts';
import { readOperationFigures } from '../services/read-operation-figures.ts';
import { readService } from '../services/read-service.ts';

const names = { single: ['from', 'to'] };

/** Who calls whom, and how each service fares. */
export const serviceMapRoute = defineRoute({
  path: '/api/v1/service-map',
  names,
  parse: (input) => parseFiguresRange(input),
  answer: (range, reader) => readMap(range, reader),
});

/** One service: how it fares, what it does, whom it talks to, where it runs. */
export const serviceFiguresRoute = defineRoute({
  path: '/api/v1/services/:service/figures',
  names,
  parse: (input) => ({ service: input.path.service ?? '', range: parseFiguresRange(input) }),
  answer: ({ service, range }, reader) => readService(service, range, reader),
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
