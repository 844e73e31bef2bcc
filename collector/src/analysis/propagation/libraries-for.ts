import type { Span } from '../../api/index.ts';
import { stringAttribute } from '../typed-attributes.ts';
import { textOf } from './span-facts.ts';

/** Packages of Node that speak each system, as the SDK names them. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  rabbitmq: ['amqplib', 'amqp-connection-manager'],
  kafka: ['kafkajs'],
  aws_sqs: ['@aws-sdk/client-sqs'],
  redis: ['ioredis', 'redis', '@redis/client'],
  bullmq: ['bullmq'],
  grpc: ['@grpc/grpc-js'],
};

/** What the other side of a message or a gRPC call may take it with; none where that is not known. */
export function librariesFor(span: Span): readonly string[] {
  return LIBRARIES[stringAttribute(span.attributes, 'messaging.system') ?? textOf(span, 'rpc')] ?? [];
}
