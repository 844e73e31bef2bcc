import { expect, it } from 'vitest';
import { findLoadedLibraries } from './loaded-libraries.ts';

const APP = { filename: '/app/server.js' };
const NAMES = ['express', '@grpc/grpc-js', 'pg', 'winston'];

it('finds what the app required, and what it imported, whatever folder it is in', () => {
  const cache = {
    '/app/server.js': {},
    '/app/node_modules/express/index.js': { parent: APP },
    '/app/node_modules/express/lib/express.js': { parent: { filename: '/app/node_modules/express/index.js' } },
    '/app/node_modules/.pnpm/pg@8.0.0/node_modules/pg/lib/index.js': { parent: null },
    '/app/node_modules/other/index.js': { parent: APP },
  };
  expect(findLoadedLibraries(NAMES, cache)).toEqual(['express', 'pg']);
});

it('leaves out what OpenTelemetry loaded for itself, and what is only called alike', () => {
  const exporter = { filename: '/app/node_modules/@opentelemetry/otlp-grpc-exporter-base/index.js' };
  const cache = {
    '/app/node_modules/@grpc/grpc-js/build/src/index.js': { parent: exporter },
    '/app/node_modules/@grpc/grpc-js/build/src/call.js': { parent: { filename: '/app/node_modules/@grpc/grpc-js/build/src/index.js' } },
    '/app/node_modules/express-session/index.js': { parent: APP },
    '/app/winston/index.js': { parent: APP },
  };
  expect(findLoadedLibraries(NAMES, cache)).toEqual([]);
});

it('knows whose @grpc/grpc-js it is only where it was required', () => {
  const file = '/app/node_modules/@grpc/grpc-js/build/src/index.js';
  expect(findLoadedLibraries(NAMES, { [file]: { parent: undefined } })).toEqual([]);
  expect(findLoadedLibraries(NAMES, { [file]: { parent: APP } })).toEqual(['@grpc/grpc-js']);
});
