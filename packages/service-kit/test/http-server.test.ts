import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { allowLongRequest, createHttpServer, type HttpServerOptions } from '@shop/service-kit';
import express from 'express';

let finishSlow: () => void;
let onLargeClosed: (clientPort: number | undefined) => unknown = () => {};
let slowHasBegun: Promise<void>;
let agent: Agent;
let stop: () => Promise<void>;

beforeEach(() => {
  agent = new Agent({ keepAlive: true });
});
afterEach(async () => {
  await stop();
  agent.destroy();
});

async function startServer(options: Partial<HttpServerOptions> = {}) {
  let begun = () => {};
  slowHasBegun = new Promise((resolve) => {
    begun = resolve;
  });
  const app = express();
  app.get('/quick', (_req, res) => void res.send('quick'));
  app.get('/large', (req, res) => {
    const { remotePort } = req.socket;
    res.once('close', () => onLargeClosed(remotePort));
    for (let count = 0; count < 1_000; count++) res.write(Buffer.alloc(64 * 1_024));
    res.end();
  });
  app.get('/slow', (_req, res) => {
    finishSlow = () => void res.send('slow');
    begun();
  });
  app.post('/body', express.json({ type: () => true }), (_req, res) => void res.send('body'));
  app.post('/long', (req, res) => {
    allowLongRequest(req);
    req.resume().once('end', () => res.send('long'));
  });
  app.get('/stream', (_req, res) => {
    finishSlow = () => void res.end('end');
    res.write('begin ', () => begun());
  });
  const server = createHttpServer({ app, host: '127.0.0.1', port: 0, ...options });
  const port = await server.start();
  stop = server.stop;
  return { port, server };
}

const ask = async (port: number, path: string) => {
  const request = get({ host: '127.0.0.1', port, path, agent });
  const [reply] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of reply) text += chunk;
  return text;
};
/** What has come before the listener is closed is still taken. */
const untilRefused = async (port: number) => {
  for (;;) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    const refused = await once(socket, 'connect').catch(({ code }) => code === 'ECONNREFUSED');
    socket.destroy();
    if (refused === true) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const timed = async (work: Promise<unknown>) => {
  const startedAt = performance.now();
  await work;
  return performance.now() - startedAt;
};

it('listens on a port that the system chooses', async () => {
  const { port } = await startServer();
  expect(port).toBeGreaterThan(0);
  expect(await ask(port, '/quick')).toBe('quick');
});

it('rejects when the port is taken', async () => {
  const { port } = await startServer();
  const second = createHttpServer({ app: express(), host: '127.0.0.1', port });
  await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE', port });
  await second.stop();
});

it('stops at once when no request is under way, whatever connections are open', async () => {
  const { port, server } = await startServer();
  await ask(port, '/quick');
  // As a browser does that expects to need a connection.
  const unused = connect(port, '127.0.0.1');
  await once(unused, 'connect');
  await ask(port, '/quick');
  const closed = once(unused, 'close');
  expect(await timed(server.stop())).toBeLessThan(2_500);
  await closed;
});

it('lets a request that is under way finish, and is done as soon as it has', async () => {
  const { port, server } = await startServer();
  const reply = ask(port, '/slow');
  await slowHasBegun;
  const stopped = server.stop();
  await untilRefused(port);
  finishSlow();
  expect(await reply).toBe('slow');
  expect(await timed(stopped)).toBeLessThan(2_500);
});

it('is done as soon as a reply has ended that had begun before', async () => {
  const { port, server } = await startServer();
  const reply = ask(port, '/stream');
  await slowHasBegun;
  const stopped = server.stop();
  finishSlow();
  expect(await reply).toBe('begin end');
  expect(await timed(stopped)).toBeLessThan(2_500);
});

it('cuts what is still under way after its time', async () => {
  const { port, server } = await startServer({ drainMs: 50 });
  const reply = ask(port, '/slow').catch((error: Error) => error.message);
  await slowHasBegun;
  const took = await timed(server.stop());
  expect(await reply).toBe('socket hang up');
  expect(took).toBeGreaterThanOrEqual(45);
  expect(took).toBeLessThan(2_500);
});

it('answers 408 to a request that does not come whole in its time, and closes the connection', async () => {
  const { port } = await startServer({ requestMs: 100 });
  for (const begun of ['GET /qui', 'POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf']) {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.write(begun);
    let reply = '';
    for await (const text of socket) reply += text;
    expect(reply).toMatch(/^HTTP\/1\.1 408 .*\r\nConnection: close\r\n/);
  }
});

it('may be stopped twice, and before it was started', async () => {
  const { server } = await startServer();
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
  await createHttpServer({ app: express(), host: '127.0.0.1', port: 0 }).stop();
});

describe('a stop', () => {
  const request = 'GET /quick HTTP/1.1\r\nHost: x\r\n\r\n';
  const lastReply = /^HTTP\/1\.1 200 .*\r\n(.*\r\n)*Connection: close\r\n(.*\r\n)*\r\nquick$/i;
  const readAll = async (socket: Socket) => {
    let text = '';
    for await (const chunk of socket) text += chunk;
    return text;
  };

  it('answers requests on connections that the system has accepted, and Node not yet', async () => {
    const { port, server } = await startServer();
    const sockets = Array.from({ length: 50 }, () => connect(port, '127.0.0.1').setEncoding('utf8'));
    for (const socket of sockets) socket.write(request);
    const replies = sockets.map(readAll);
    await server.stop();
    for (const reply of replies) expect(await reply).toMatch(lastReply);
  });

  it('answers a request on a connection that has just had a reply', async () => {
    const { port, server } = await startServer();
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.write(request);
    await once(socket, 'data');
    const stopped = server.stop();
    socket.write(request);
    expect(await readAll(socket)).toMatch(lastReply);
    await stopped;
  });

  it('answers a request on a connection that had just been opened', async () => {
    const { port, server } = await startServer();
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    await once(socket, 'connect');
    await ask(port, '/quick');
    const stopped = server.stop();
    await untilRefused(port);
    socket.write(request);
    expect(await readAll(socket)).toMatch(lastReply);
    await stopped;
  });

  it('is said in each reply before, while requests are still taken', async () => {
    const { port, server } = await startServer();
    const reply = () =>
      fetch(`http://127.0.0.1:${port}/quick`).then(({ headers }) => headers.get('connection'));
    expect(await reply()).toBe('keep-alive');
    server.drain();
    expect([await reply(), await reply()]).toEqual(['close', 'close']);
  });
});

describe('a client that sends many requests and reads no reply', () => {
  const manyRequests = (count: number, path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(count);

  it('is answered a hundred times on a connection, and no more', async () => {
    const { port } = await startServer();
    const socket = connect(port, '127.0.0.1');
    let text = '';
    let sent = 0;
    const replies = () => text.match(/HTTP\/1\.1 200/g) ?? [];
    const sendTen = () => {
      sent += 10;
      socket.write(manyRequests(10, '/quick'));
    };
    socket.on('data', (chunk) => {
      text += chunk;
      if (replies().length === sent) sendTen();
    });
    socket.on('error', () => {});
    sendTen();
    await once(socket, 'close');
    expect(replies()).toHaveLength(100);
  });

  it('is cut when it sends more than ten ahead of a reply', async () => {
    const { port } = await startServer();
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.write(manyRequests(30, '/quick'));
    await once(socket, 'close');
    expect(text.match(/HTTP\/1\.1 200/g)?.length ?? 0).toBeLessThan(12);
  });

  it('is cut when it has taken nothing for some time; one that is slow is not', async () => {
    const { port } = await startServer({ unreadMs: 400 });
    const [lazy, slow] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    lazy.pause();
    let slowBytes = 0;
    slow.on('data', (chunk) => {
      slowBytes += chunk.length;
      slow.pause();
      setTimeout(() => slow.resume(), 20);
    });
    lazy.write(manyRequests(1, '/large'));
    slow.write(manyRequests(1, '/large'));
    await new Promise<void>((resolve) => {
      onLargeClosed = (clientPort) => clientPort === lazy.localPort && resolve();
    });
    const before = slowBytes;
    while (slowBytes < before + 1_000_000) await once(slow, 'data');
    for (const socket of [lazy, slow]) socket.destroy();
  });
});

describe('a request that may be long', () => {
  const begin = (port: number) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.write('POST /long HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n');
    return socket;
  };

  it('may take longer than others, as long as more of it comes', async () => {
    const { port } = await startServer({ requestMs: 200 });
    const socket = begin(port);
    for (let part = 0; part < 4; part++) {
      await delay(100);
      socket.write('abc');
    }
    const [reply] = await once(socket, 'data');
    expect(reply).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  it('is cut off when it says nothing for so long', async () => {
    const { port } = await startServer({ requestMs: 200 });
    const socket = begin(port);
    socket.write('abc');
    let reply = '';
    for await (const text of socket) reply += text;
    expect(reply).toMatch(/^HTTP\/1\.1 408 /);
  });
});
