import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const LIBRARY = '@confluentinc/kafka-javascript';
/** The version that the tests are about. */
export const VERSION = '1.10.1';

/** Where the setup builds the library, for this Node, with a slash at its end: the tests' apps load it from there. */
export function confluentKafkaFolder(): string {
  return join(tmpdir(), `threadline-confluent-kafka-${VERSION}-node-${process.versions.modules}`, '/');
}
