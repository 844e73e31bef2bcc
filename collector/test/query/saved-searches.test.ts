import { testSavedSearchEndpoints } from './saved-search-endpoints.ts';

testSavedSearchEndpoints();
