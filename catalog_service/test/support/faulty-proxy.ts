import { connect, createServer, type Socket } from 'node:net';

/** A way to a server that can be broken: by refusing connections, or by swallowing all that is said. */
export interface FaultyProxy {
  readonly url: string;
  cut(): void;
  hang(): void;
  heal(): void;
  close(): Promise<void>;
}

export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let state: 'whole' | 'cut' | 'hanging' = 'whole';
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (state === 'cut') return near.destroy();
    const far = connect(Number(port), hostname);
    keep(far);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.on('data', (data) => state === 'whole' && far.write(data));
    far.on('data', (data) => state === 'whole' && near.write(data));
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: ownPort } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${ownPort}`,
    cut: () => {
      state = 'cut';
      hangUp();
    },
    hang: () => {
      state = 'hanging';
    },
    heal: () => {
      state = 'whole';
      hangUp();
    },
    close: async () => {
      hangUp();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
