import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { HttpProblem } from '../service/http-service.ts';
import { type OrderLine, readFields, readInteger, readString } from '../service/read-body.ts';
import { loadInventoryContract } from './inventory-contract.ts';

/** Longer than the database of a busy shop takes. */
const TIMEOUT_MILLIS = 3_000;

export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly priceCents: number;
  readonly inStock: number;
}

/** The inventory over gRPC. What it refuses becomes the HTTP status that a shop's visitor should see. */
export interface InventoryClient {
  listProducts(): Promise<Product[]>;
  getProduct(sku: string): Promise<Product>;
  /** The order's price. */
  reserve(orderId: string, lines: readonly OrderLine[]): Promise<number>;
  release(orderId: string): Promise<void>;
  close(): void;
}

/** `url` as `http://host:port`; there is no TLS inside the shop. */
export function createInventoryClient(url: string): InventoryClient {
  const Inventory = loadInventoryContract();
  const client = new Inventory(new URL(url).host, credentials.createInsecure());
  const call = (method: string, request: object) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const deadline = Date.now() + TIMEOUT_MILLIS;
      client[method]?.(request, { deadline }, (error: ServiceError | null, answer: unknown) => {
        if (error) reject(problemFrom(error));
        else resolve(readFields(answer, method));
      });
    });
  return {
    listProducts: async () => {
      const { products } = await call('listProducts', {});
      return Array.isArray(products) ? products.map(readProduct) : [];
    },
    getProduct: async (sku) => readProduct(await call('getProduct', { sku })),
    reserve: async (orderId, lines) => readInteger(await call('reserve', { orderId, lines }), 'totalCents'),
    release: async (orderId) => {
      await call('release', { orderId });
    },
    close: () => client.close(),
  };
}

function readProduct(value: unknown): Product {
  const fields = readFields(value, 'a product');
  return {
    sku: readString(fields, 'sku'),
    name: readString(fields, 'name'),
    priceCents: readInteger(fields, 'priceCents'),
    inStock: readInteger(fields, 'inStock'),
  };
}

function problemFrom(error: ServiceError): Error {
  if (error.code === status.NOT_FOUND) return new HttpProblem(404, 'unknown_product', error.details);
  if (error.code === status.FAILED_PRECONDITION) return new HttpProblem(409, 'out_of_stock', error.details);
  return error;
}
