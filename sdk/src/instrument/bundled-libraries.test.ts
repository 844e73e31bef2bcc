import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { findBundledLibraries } from './bundled-libraries.ts';

const { resolve } = createRequire(import.meta.url);

/** All code of an installed package, as a bundle would have it. */
function codeOf(name: string): Buffer {
  let folder = dirname(resolve(name));
  while (!readdirSync(folder).includes('package.json') || !folder.endsWith(join('node_modules', name))) folder = dirname(folder);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && /\.c?js$/.test(entry.name) && !entry.parentPath.slice(folder.length).includes('node_modules'),
  );
  return Buffer.concat(files.map((entry) => readFileSync(join(entry.parentPath, entry.name))));
}

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
