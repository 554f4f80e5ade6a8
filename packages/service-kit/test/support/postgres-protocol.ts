import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** The first messages of PostgreSQL's protocol, as a server sends them. */
const message = (type: string, ...fields: Buffer[]) => {
  const body = Buffer.concat(fields);
  const head = Buffer.from(`${type}0000`);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const text = (value: string) => Buffer.from(`${value}\0`);

export const authenticated = message('R', Buffer.alloc(4));
export const ready = message('Z', Buffer.from('I'));
export const shuttingDown = message(
  'E',
  text('SFATAL'),
  text('C57P01'),
  text('Mterminating connection'),
  text(''),
);

/** A PostgreSQL that greets each connection with these bytes and then says nothing. */
export async function startSilentPostgres(greeting: Buffer) {
  const sockets = new Set<Socket>();
  let statements = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(greeting);
      socket.on('data', () => statements++);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `postgresql://shop:x@127.0.0.1:${(server.address() as AddressInfo).port}/shop`,
    /** How often it was asked something after the greeting. */
    statements: () => statements,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
