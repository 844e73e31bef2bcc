/** A service that logs what it charges. */
import { createServer } from 'node:http';
import { createLogger } from '@threadline/sdk';

const logger = createLogger();
const server = createServer((request, response) => {
  logger.info('charged', { path: request.url });
  response.setHeader('content-type', 'application/json').end('{"charged":true}');
});
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${server.address().port}`));
