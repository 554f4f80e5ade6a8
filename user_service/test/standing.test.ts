import { createPeerToken } from '@shop/service-kit';
import {
  aCustomer,
  aGuest,
  aRegistration,
  type Harness,
  serviceSecret,
  startHarness,
} from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

const peer = (from: string, to = 'user_service') => createPeerToken([serviceSecret], from, to);
const ask = (id: number, query: Record<string, string>, token = peer('order_service')) =>
  shop.get(`/users/${id}/standing?${new URLSearchParams(query)}`, token);
const isCurrent = async (id: number, query: Record<string, string>) => (await ask(id, query)).body;
const sidOf = async (token: string): Promise<string> => (await shop.get('/validate', token)).body.sid;

it('says whether a role is that of the user', async () => {
  const { id, token } = await aCustomer(shop);
  const sid = await sidOf(token);
  const setRole = (role: string) => shop.database.sql('UPDATE users SET role = $2 WHERE id = $1', [id, role]);
  await setRole('admin');
  expect(await isCurrent(id, { role: 'admin', sid })).toEqual({ current: true });
  // A token of the release before names no session.
  expect(await isCurrent(id, { role: 'admin' })).toEqual({ current: true });
  await setRole('customer');
  expect(await isCurrent(id, { role: 'admin', sid })).toEqual({ current: false });
});

it('says whether a session goes on, and is that of the user', async () => {
  const [{ id, token, refreshToken }, other] = [await aCustomer(shop), await aCustomer(shop)];
  const sid = await sidOf(token);
  expect(await isCurrent(id, { role: 'customer', sid })).toEqual({ current: true });
  expect(await isCurrent(other.id, { role: 'customer', sid })).toEqual({ current: false });
  await shop.post('/logout', { refreshToken });
  expect(await isCurrent(id, { role: 'customer', sid })).toEqual({ current: false });
});

it('says whether a guest is one, and has not registered', async () => {
  const guest = await aGuest(shop);
  expect(await isCurrent(guest.id, { role: 'guest' })).toEqual({ current: true });
  await shop.post('/register', aRegistration(), guest.headers);
  expect(await isCurrent(guest.id, { role: 'guest' })).toEqual({ current: false });
  expect(await isCurrent(2_147_483_647, { role: 'guest' })).toEqual({ current: false });
});

it('is for the other services only', async () => {
  const { id, token } = await aCustomer(shop);
  for (const service of ['catalog_service', 'order_service', 'payment_service'])
    expect((await ask(id, { role: 'admin' }, peer(service))).status).toBe(200);
  for (const other of [token, peer('storefront'), peer('order_service', 'catalog_service')])
    expect(await ask(id, { role: 'admin' }, other)).toMatchObject({
      status: 401,
      body: { code: 'invalid-token' },
    });
});

it.each([[{}], [{ role: 'boss' }], [{ role: 'admin', sid: '1' }]])('refuses %j', async (query) => {
  expect(await ask(1, query)).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
});
