import { connect, type Socket } from 'node:net';
import type { KafkaBusOptions } from '@shop/messaging';

type SocketFactory = NonNullable<KafkaBusOptions['socketFactory']>;

/** Connections to a broker that can be cut, as when the broker is killed or the network fails. */
export function createCuttableSockets() {
  const open = new Set<Socket>();
  let away = false;
  const socketFactory: SocketFactory = ({ host, port, onConnect }) => {
    // Nobody listens on port 1: refused at once, as by a machine whose broker is down.
    const socket = connect({ host, port: away ? 1 : port }, onConnect);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    return socket;
  };
  return {
    socketFactory,
    cut: () => {
      away = true;
      for (const socket of open) socket.destroy(new Error('cut'));
    },
    heal: () => {
      away = false;
    },
  };
}
