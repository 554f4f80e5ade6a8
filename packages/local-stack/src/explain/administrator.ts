import { type Environment, readSettings, text, url } from '@shop/service-kit';
import { request } from 'undici';

const limitMs = 15_000;

/** Reads an order's timeline as the administrator of the shop that this environment speaks of. */
export async function readTimeline(environment: Environment, orderNumber: string): Promise<unknown> {
  const { shopApiUrl, seedAdminEmail, seedAdminPassword } = readSettings(environment, {
    shopApiUrl: url({ default: `http://127.0.0.1:${environment['STOREFRONT_PORT'] || '3000'}/api` }),
    seedAdminEmail: text({ default: 'admin@shop.test' }),
    seedAdminPassword: text({ default: 'admin-password' }),
  });

  async function ask(method: 'GET' | 'POST', path: string, headers: Record<string, string>, body?: object) {
    const reply = await request(`${shopApiUrl}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(limitMs),
    });
    const answer = (await reply.body.json()) as Readonly<Record<string, unknown>>;
    if (reply.statusCode !== 200)
      throw new Error(`${method} ${path}: ${answer['detail'] ?? reply.statusCode}`);
    return answer;
  }

  const login = { email: seedAdminEmail, password: seedAdminPassword };
  const { token } = await ask('POST', '/login', { 'content-type': 'application/json' }, login);
  return ask('GET', `/orders/${encodeURIComponent(orderNumber)}/timeline`, {
    authorization: `Bearer ${token}`,
  });
}
