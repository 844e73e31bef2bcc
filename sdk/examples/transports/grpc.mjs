import grpc from '@grpc/grpc-js';
import { correlation } from '@threadline/sdk';

const bytes = { serialize: (value) => Buffer.from(JSON.stringify(value)), deserialize: (text) => JSON.parse(text) };
const service = {
  Charge: {
    path: '/shop.Payments/Charge',
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes.serialize,
    requestDeserialize: bytes.deserialize,
    responseSerialize: bytes.serialize,
    responseDeserialize: bytes.deserialize,
  },
};

const server = new grpc.Server();
server.addService(service, {
  Charge(call, callback) {
    console.log(correlation.id()); // order-9
    callback(null, { charged: call.request.amount });
  },
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (_error, port) => {
  const Payments = grpc.makeGenericClientConstructor(service, 'Payments');
  const payments = new Payments(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  correlation.run('order-9', () => {
    payments.Charge({ amount: 5 }, () => {
      payments.close();
      server.forceShutdown();
    });
  });
});
