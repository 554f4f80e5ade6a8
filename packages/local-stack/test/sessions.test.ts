import { waitFor } from '@shop/testing';
import { openShop, type TestShop } from './support/shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await openShop();
}, 60_000);
afterAll(() => shop?.close(), 60_000);

async function call(method: string, path: string, token?: string, body?: object) {
  const reply = await fetch(`${shop.stack.urls.storefront}/api${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  return { status: reply.status, body: text === '' ? undefined : JSON.parse(text) };
}

it('a log-in goes on by refresh tokens, and a log-out ends it within seconds wherever an administrator may do more', async () => {
  const credentials = { email: 'admin@shop.test', password: 'admin-password' };
  const { refreshToken } = (await call('POST', '/login', undefined, credentials)).body;
  const { body } = await call('POST', '/refresh', undefined, { refreshToken });
  const statuses = async () => {
    const replies = [
      call('POST', '/products', body.token, {}),
      call('GET', '/orders?all=true', body.token),
      call('POST', '/verify-payment/pi_unknown', body.token),
    ];
    return (await Promise.all(replies)).map(({ status }) => status);
  };
  expect(await statuses()).toEqual([400, 200, 404]);
  expect((await call('GET', '/sessions', body.token)).body.items).toHaveLength(1);

  expect((await call('POST', '/logout', undefined, { refreshToken: body.refreshToken })).status).toBe(204);

  expect((await call('GET', '/me', body.token)).status).toBe(401);
  await waitFor(async () => (await statuses()).every((status) => status === 401), { timeoutMs: 10_000 });
}, 30_000);
