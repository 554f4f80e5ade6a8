import { type Harness, startHarness, token } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

const admin = (id: number) => shop.agent(token(id, { role: 'admin' }));
const guest = (id: number) => shop.agent(token(id, { role: 'guest', email: null }));

describe('an administrator who is none any more, or whose session has ended', () => {
  it('may do nothing of an administrator, nor read what is of others', async () => {
    const orderNumber = await shop.order(shop.newCustomer());
    shop.users.outdated.add(900);
    const replies = await Promise.all([
      admin(900).post(`/orders/${orderNumber}/refunds`).send({}),
      admin(900).post(`/orders/${orderNumber}/shipments`).send({}),
      admin(900).patch(`/orders/${orderNumber}/shipments/1`).send({}),
      admin(900).get(`/orders/${orderNumber}/timeline`),
      admin(900).get(`/orders/${orderNumber}`),
      admin(900).get('/orders?all=true'),
      admin(900).post(`/orders/${orderNumber}/cancel`).send({}),
    ]);
    for (const { status, body } of replies) expect([status, body.code]).toEqual([401, 'invalid-token']);
    await admin(901).get(`/orders/${orderNumber}`).expect(200);
  });
});

describe('the token of a guest who has registered', () => {
  it('changes nothing of the account, nor gives its cart to another', async () => {
    const [id, thief] = [shop.newCustomer(), shop.newCustomer()];
    const productId = shop.catalog.sell();
    await shop.fillCart(id, [productId, 1]);
    shop.users.outdated.add(id);
    const guestToken = token(id, { role: 'guest', email: null });
    await guest(id).post('/cart').send({ productId, qty: 1 }).expect(401);
    await guest(id).post('/orders').send({}).expect(401);
    await shop.as(thief).post('/cart/merge').send({ guestToken }).expect(400);
    const { body } = await shop.as(id).get('/cart').expect(200);
    expect(body.lines ?? body.items).toHaveLength(1);
  });
});

describe('while user_service does not answer', () => {
  beforeAll(() => {
    shop.users.fault.status = 500;
  });
  afterAll(() => {
    shop.users.fault.status = 200;
  });

  it('administrators are told when to try again', async () => {
    const { status, body, headers } = await admin(910).get('/orders?all=true');
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'keys-unavailable', '1']);
  });

  it('guests and customers buy on', async () => {
    const id = shop.newCustomer();
    await guest(id).post('/cart').send({ productId: shop.catalog.sell(), qty: 1 }).expect(201);
    await shop.order(shop.newCustomer());
  });
});

it('customers are asked for by nobody', async () => {
  shop.users.asked.length = 0;
  await shop.order(shop.newCustomer());
  expect(shop.users.asked).toEqual([]);
});
