import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { ofWorld, type Row, type World } from './row.ts';

export interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const agent = new Agent({ keepAlive: true });

export const closeConnections = () => agent.destroy();

/** Sends a row as it stands there. */
export function send(row: Row, world: World): Promise<Reply> {
  const body = bodyOf(row, world);
  const headers = {
    ...(body !== undefined && row.type !== null && { 'content-type': row.type ?? 'application/json' }),
    ...(row.as && { authorization: `Bearer ${world.tokens[row.as]}` }),
    ...(row.headers && (ofWorld(row.headers, world) as Headers)),
  };
  return exchange(world.urls[row.service], { ...methodAndPath(row, world), headers, body });
}

export interface Message {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body?: Buffer | undefined;
}

/**
 * By node:http, which neither mends paths nor adds headers as `fetch` does. Of an event stream only its beginning.
 * @param options.fresh on a connection of its own
 */
export async function exchange(
  url: string,
  { method, path, headers, body }: Message,
  { fresh = false } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    // A service that refuses a large body closes the connection rather than read it to its end.
    const own = fresh || (body?.length ?? 0) > 65_536 ? new Agent() : agent;
    const sent = request(url, {
      method,
      path,
      agent: own,
      headers: withLength(headers, body),
      timeout: 5_000,
    });
    sent.on('response', async (response) => {
      const { statusCode: status, headers: received } = response;
      const chunks: Buffer[] = [];
      if (received['content-type']?.startsWith('text/event-stream')) response.destroy();
      else for await (const chunk of response) chunks.push(chunk);
      resolve({ status, headers: received, text: Buffer.concat(chunks).toString('utf8') });
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path}`)));
    sent.on('error', reject);
    sent.end(body);
  });
}

export function methodAndPath({ operation }: Row, world: World) {
  const [, method = '', path = ''] = /^(\S+) (.*)$/s.exec(ofWorld(operation, world)) ?? [];
  return { method, path };
}

function bodyOf({ raw, body }: Row, world: World): Buffer | undefined {
  if (raw !== undefined) return Buffer.from(raw);
  const value = ofWorld<unknown>(body, world);
  return value === undefined ? undefined : Buffer.from(JSON.stringify(value));
}

type Headers = Record<string, string | string[]>;

function withLength(headers: Headers, body: Buffer | undefined): Headers {
  const announced = body === undefined || headers['transfer-encoding'] !== undefined;
  return announced ? headers : { ...headers, 'content-length': String(body.length) };
}
