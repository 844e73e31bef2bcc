import { fileURLToPath } from 'node:url';
import { type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const PROTO_FILE = fileURLToPath(new URL('../../proto/inventory.proto', import.meta.url));

/** The service of `proto/inventory.proto`: its definition for the server, its constructor for clients. */
export function loadInventoryContract(): ServiceClientConstructor {
  const root = loadPackageDefinition(loadSync(PROTO_FILE, { keepCase: false, defaults: true, longs: Number }));
  const service = ['shop', 'inventory', 'v1', 'Inventory'].reduce<GrpcObject[string] | undefined>(
    (node, name) => (isPackage(node) ? node[name] : undefined),
    root,
  );
  if (typeof service !== 'function') throw new Error(`${PROTO_FILE} has no service shop.inventory.v1.Inventory`);
  return service;
}

function isPackage(node: GrpcObject[string] | undefined): node is GrpcObject {
  return typeof node === 'object' && !('format' in node);
}
