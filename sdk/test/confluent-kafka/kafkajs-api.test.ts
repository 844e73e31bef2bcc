import { describeKafka } from '../transports/kafka-suite.ts';
import { confluentKafkaFolder } from './library.ts';

describeKafka({
  imported: 'confluent-kafka-imported.mjs',
  required: 'confluent-kafka-required.cjs',
  env: { CONFLUENT_KAFKA_FOLDER: confluentKafkaFolder() },
});
