import { connect } from 'node:net';

const patienceMs = 1_500;

/** Sends bytes on a connection of their own. @returns all that comes back until it is closed, or for a moment */
export function sendBytes(url: string, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const received: Buffer[] = [];
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(received).toString('latin1'));
    };
    // One that has half a request waits for the rest of it for longer.
    const timer = setTimeout(end, patienceMs);
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('close', end);
    socket.on('error', end);
    socket.write(bytes);
  });
}

/** What is wrong with the replies to such bytes. */
export const faultsOfBytes = (received: string): string[] =>
  [...received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)]
    .map(([, status]) => Number(status))
    .filter((status) => status >= 500)
    .map((status) => `${status} ${received.slice(0, 300)}`);
