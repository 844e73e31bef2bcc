import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findBundledLibraries } from './bundled-libraries.ts';
import { codeOf } from './package-code.test-support.ts';

it.each([
  'express',
  'winston',
  '@grpc/grpc-js',
  'pg',
  'mysql2',
  'mysql',
  'mariadb',
  'mongodb',
  'ioredis',
  '@redis/client',
  'amqplib',
  'amqp-connection-manager',
  'kafkajs',
  '@aws-sdk/client-sns',
  '@aws-sdk/client-sqs',
  'bullmq',
])('%s is known by a text of its own, and by none of another', (name) => {
  expect(findBundledLibraries(codeOf(name))).toEqual([name]);
});

it('finds none in an app that imports them', () => {
  expect(findBundledLibraries(Buffer.from("import express from 'express'; import { KafkaJSError } from 'kafkajs';"))).toEqual([]);
});

it('finds in a bundle that has the SDK inside only what else is in it', () => {
  const sdk = readFileSync(join(import.meta.dirname, '..', '..', 'dist', 'core', 'sdk.js'));
  expect(findBundledLibraries(sdk)).toEqual([]);
  expect(findBundledLibraries(Buffer.concat([sdk, codeOf('winston'), codeOf('pg')]))).toEqual(['winston', 'pg']);
});
