import { type ApiRoute, defineRoute } from '../api-route.ts';
import { createOpenApiDocument } from '../openapi/openapi-document.ts';

export const openApiPath = '/api/v1/openapi.json';

/** The API's own description. */
export function createOpenApiRoute({ version }: { readonly version: string }): ApiRoute {
  const document = createOpenApiDocument(version);
  return defineRoute({ path: openApiPath, names: { single: [] }, isImmediate: true, parse: () => ({}), answer: async () => document });
}
