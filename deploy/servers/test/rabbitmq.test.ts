import { expect } from 'vitest';
import { AmqpSession, longString, METHODS, shortString, uint16, uint32 } from './amqp-session.ts';
import { describeServer } from './describe-server.ts';

const NO_TABLE = uint32(0);
const NO_FLAGS = Buffer.from([0]);

describeServer('rabbitmq', async ({ port }) => {
  const session = new AmqpSession(port);
  try {
    await session.expect(METHODS.connectionStart);
    session.send(0, METHODS.connectionStartOk, NO_TABLE, shortString('PLAIN'), longString('\0guest\0guest'), shortString('en_US'));
    const limits = await session.expect(METHODS.connectionTune);
    session.send(0, METHODS.connectionTuneOk, limits);
    session.send(0, METHODS.connectionOpen, shortString('/'), shortString(''), NO_FLAGS);
    await session.expect(METHODS.connectionOpenOk);
    session.send(1, METHODS.channelOpen, shortString(''));
    await session.expect(METHODS.channelOpenOk);

    session.send(1, METHODS.queueDeclare, uint16(0), shortString('orders'), NO_FLAGS, NO_TABLE);
    expect(await session.expect(METHODS.queueDeclareOk)).toEqual(Buffer.concat([shortString('orders'), uint32(0), uint32(0)]));
    session.send(1, METHODS.basicPublish, uint16(0), shortString(''), shortString('orders'), NO_FLAGS);
    session.sendContent(1, 'blue');
    session.send(1, METHODS.basicGet, uint16(0), shortString('orders'), Buffer.from([1]));
    await session.expect(METHODS.basicGetOk);
    expect(await session.content()).toBe('blue');
  } finally {
    session.close();
  }
});
