import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

type Fault = 'none' | 'cut' | 'hang' | 'mute' | 'cut-replies' | { readonly lateMs: number };

export type TcpProxy = Awaited<ReturnType<typeof startTcpProxy>>;

/**
 * A stretch of network between a service and a server, which a test can break. It knows no protocol.
 * @param target the server's URL, with its port
 */
export async function startTcpProxy(target: string) {
  const url = new URL(target);
  const { hostname, port } = url;
  const sockets = new Set<Socket>();
  let fault: Fault = 'none';
  let loseReplyTo: string | undefined;

  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const reply = (near: Socket, data: Buffer) => {
    if (fault === 'none') near.write(data);
    // All are late by as much, and keep their order.
    else if (typeof fault === 'object') setTimeout(() => near.write(data), fault.lateMs);
    else if (fault === 'cut-replies') near.write(data.subarray(0, data.length / 2), () => near.destroy());
  };
  const server = createServer((near) => {
    if (fault === 'cut') {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    keep(near, far);
    keep(far, near);
    near.on('data', (data) => {
      if (fault !== 'hang') far.write(data);
      if (loseReplyTo === undefined || !data.includes(loseReplyTo)) return;
      loseReplyTo = undefined;
      far.removeAllListeners('data').once('data', () => near.destroy());
    });
    far.on('data', (data) => reply(near, data));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    /** The target's URL, by way of this proxy. */
    url: url.href.replace(/\/$/, target.endsWith('/') ? '/' : ''),
    /** Breaks every connection, and new ones at once. */
    cut: () => {
      fault = 'cut';
      hangUp();
    },
    /** Passes nothing on any more. */
    hang: () => {
      fault = 'hang';
    },
    /** Passes requests on and keeps the replies. */
    mute: () => {
      fault = 'mute';
    },
    /** Breaks a connection in the middle of the server's next words. */
    cutReplies: () => {
      fault = 'cut-replies';
    },
    /** Breaks a connection, once, when the server has replied to words with these in them. */
    loseReplyTo: (words: string) => {
      loseReplyTo = words;
    },
    slow: (lateMs: number) => {
      fault = { lateMs };
    },
    /** Whole again; connections that may have missed something are broken. */
    heal: () => {
      if (fault === 'none') return;
      fault = 'none';
      hangUp();
    },
    close: async () => {
      server.close();
      hangUp();
      await once(server, 'close');
    },
  };
}
