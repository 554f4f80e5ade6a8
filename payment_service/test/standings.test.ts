import { customer, type Harness, startHarness, tokenOf } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.close());

async function readTimeline(token: string) {
  const reply = await fetch(`${shop.url}/timeline/ord-12345678`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: reply.status, body: await reply.json(), retryAfter: reply.headers.get('retry-after') };
}
const verifyAs = (token: string) => shop.post('/verify-payment/pi_unknown', token);

it('an administrator who is none any more may do nothing of one', async () => {
  expect(await readTimeline(tokenOf(900, { role: 'admin' }))).toMatchObject({ status: 200 });
  shop.users.outdated.add(901);
  const former = tokenOf(901, { role: 'admin' });
  expect(await readTimeline(former)).toMatchObject({ status: 401, body: { code: 'invalid-token' } });
  expect(await verifyAs(former)).toMatchObject({ status: 401 });
});

it('the token of a guest who has registered makes no payment', async () => {
  shop.users.outdated.add(902);
  const guest = tokenOf(902, { role: 'guest', email: null });
  const reply = await shop.post('/create-payment', guest, { orderNumber: 'ord-12345678' });
  expect(reply).toMatchObject({ status: 401 });
});

it('administrators are told when to try again while user_service does not answer; others pay', async () => {
  shop.users.fault.status = 500;
  const reply = await readTimeline(tokenOf(903, { role: 'admin' }));
  expect(reply).toMatchObject({ status: 503, body: { code: 'keys-unavailable' }, retryAfter: '1' });
  for (const token of [customer, tokenOf(904, { role: 'guest', email: null })])
    expect(await verifyAs(token)).toMatchObject({ status: 404 });
});
