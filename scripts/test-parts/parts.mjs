import { checkPackage } from './package-checks.mjs';
import { playwright, vitest } from './runners.mjs';

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {(context: import('./part-result.mjs').PartContext) => Promise<import('./part-result.mjs').PartResult>} run
 * @property {readonly import('./tools.mjs').ToolName[]} needs without these the part is skipped
 * @property {readonly import('./tools.mjs').ToolName[]} uses without these it skips some of its own tests
 * @property {boolean} [besideLast] runs at the same time as the one before it: both wait for servers of their own a third of the time
 * @property {boolean} [onRequest] runs only when it is named, as `npm run soak` does: it does not fit into the minutes that `npm test` may take
 */

const browser = (/** @type {'each' | 'audit'} */ project) => playwright('ui/playwright.config.ts', project);
const elasticsearchBrowser = (/** @type {'tagged' | 'rest'} */ project) => playwright('ui/playwright.elasticsearch.config.ts', project);

/**
 * Everything that `npm test` runs, in this order, one after another where nothing else is said: the quick ones first.
 *
 * @type {readonly Part[]}
 */
export const PARTS = [
  { name: 'unit', run: vitest('unit'), needs: [], uses: [] },
  { name: 'package', run: checkPackage, needs: [], uses: [] },
  { name: 'conformance', run: vitest('conformance'), needs: [], uses: [] },
  { name: 'query', run: vitest('query'), needs: [], uses: [] },
  { name: 'storage-embedded', run: vitest('storage-embedded'), needs: [], uses: [] },
  { name: 'storage-elasticsearch', run: vitest('storage-elasticsearch'), needs: ['jdk', 'maven'], uses: [] },
  { name: 'elasticsearch-outages', run: vitest('elasticsearch-outages'), needs: ['jdk', 'maven'], uses: [], besideLast: true },
  { name: 'end-to-end', run: vitest('end-to-end'), needs: [], uses: ['jdk', 'maven'] },
  { name: 'sdk', run: vitest('sdk'), needs: [], uses: [] },
  { name: 'deploy', run: vitest('deploy'), needs: [], uses: ['jdk', 'maven'] },
  { name: 'gateways', run: vitest('gateways'), needs: ['nginx', 'haproxy', 'rsyslog'], uses: [] },
  { name: 'browser', run: browser('each'), needs: ['chromium'], uses: [] },
  { name: 'browser-elasticsearch', run: elasticsearchBrowser('tagged'), needs: ['chromium', 'jdk', 'maven'], uses: [] },
  { name: 'demo', run: vitest('demo'), needs: [], uses: ['jdk', 'maven'] },
  { name: 'browser-audit', run: browser('audit'), needs: ['chromium'], uses: [], onRequest: true },
  { name: 'servers', run: vitest('servers'), needs: ['jdk', 'maven'], uses: [], onRequest: true },
  { name: 'storage-elasticsearch-8', run: vitest('storage-elasticsearch-8'), needs: ['jdk', 'maven'], uses: [], onRequest: true },
  { name: 'browser-elasticsearch-rest', run: elasticsearchBrowser('rest'), needs: ['chromium', 'jdk', 'maven'], uses: [], onRequest: true },
  { name: 'sdk-transports', run: vitest('sdk-transports'), needs: ['jdk', 'maven'], uses: [], onRequest: true },
  { name: 'sdk-confluent-kafka', run: vitest('sdk-confluent-kafka'), needs: ['jdk', 'maven', 'compilers'], uses: [], onRequest: true },
  { name: 'sdk-node-22', run: vitest('sdk-node-22'), needs: [], uses: [], onRequest: true },
  { name: 'sdk-outage', run: vitest('sdk-outage'), needs: [], uses: [], onRequest: true },
];
