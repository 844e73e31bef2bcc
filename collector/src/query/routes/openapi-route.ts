export const openApiPath = '/api/v1/openapi.json';
