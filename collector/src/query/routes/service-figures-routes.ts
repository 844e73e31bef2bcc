import { defineRoute } from '../api-route.ts';
import { parseFiguresRange } from '../services/figures-range.ts';
import { readMap } from '../services/read-map.ts';
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
