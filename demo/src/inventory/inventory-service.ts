import { type ServerUnaryCall, type sendUnaryData, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Logger } from 'winston';
import { readFields, readOrderLines, readString } from '../service/read-body.ts';
import type { StockStore } from './stock-store.ts';

type Request = Record<string, unknown>;
/** Throws a `Refusal` for what the caller got wrong. */
type Method = (request: Request) => object;

class Refusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
  }
}

/** The gRPC methods of `proto/inventory.proto` over the stock. */
export function createInventoryService(stock: StockStore, logger: Logger): UntypedServiceImplementation {
  const methods: Record<string, Method> = {
    listProducts: () => ({ products: stock.list() }),
    getProduct: (request) => {
      const sku = readString(request, 'sku');
      const product = stock.get(sku);
      if (product === undefined) throw new Refusal(status.NOT_FOUND, `the shop does not sell ${sku}`);
      logger.debug('product read', { sku, inStock: product.inStock });
      return product;
    },
    reserve: (request) => {
      const orderId = readString(request, 'orderId');
      const lines = readOrderLines(request);
      const reservation = stock.reserve(orderId, lines);
      if (reservation.status === 'out_of_stock') {
        logger.warn('out of stock', { orderId, sku: reservation.sku });
        throw new Refusal(status.FAILED_PRECONDITION, `${reservation.sku} is out of stock`);
      }
      logger.info('stock reserved', { orderId, lines: lines.length, totalCents: reservation.totalCents });
      return { totalCents: reservation.totalCents };
    },
    release: (request) => {
      const orderId = readString(request, 'orderId');
      stock.release(orderId);
      logger.info('reservation released', { orderId });
      return {};
    },
  };
  return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, asUnaryHandler(method, logger)]));
}

function asUnaryHandler(method: Method, logger: Logger) {
  return (call: ServerUnaryCall<unknown, object>, callback: sendUnaryData<object>): void => {
    try {
      callback(null, method(readFields(call.request, 'the request')));
    } catch (error) {
      if (!(error instanceof Refusal)) logger.error('call failed', error);
      const code = error instanceof Refusal ? error.code : status.INTERNAL;
      callback({ code, details: error instanceof Error ? error.message : String(error) });
    }
  };
}
