import { createHmac, createPublicKey } from 'node:crypto';
import { createTestTokens } from '@shop/testing';
import request from 'supertest';
import { type Harness, startHarness, token, tokens } from './support/harness.ts';

/** What is asked for: a cart line and an order of `owner`, and another line in the cart to order. */
interface Target {
  readonly owner: number;
  readonly line: number;
  readonly orderNumber: string;
}

const routes = {
  'POST /cart': (agent) => agent.post('/cart').send({ productId: 1, qty: 1 }),
  'POST /cart/merge': (agent) =>
    agent.post('/cart/merge').send({ guestToken: token(49, { role: 'guest', email: null }) }),
  'GET /cart': (agent) => agent.get('/cart'),
  'PATCH /cart/:line': (agent, { line }) => agent.patch(`/cart/${line}`).send({ qty: 3 }),
  'DELETE /cart/:line': (agent, { line }) => agent.delete(`/cart/${line}`),
  'POST /orders': (agent) => agent.post('/orders'),
  'GET /orders': (agent) => agent.get('/orders'),
  'GET /orders?all': (agent) => agent.get('/orders?all=true'),
  'GET /orders/:order': (agent, { orderNumber }) => agent.get(`/orders/${orderNumber}`),
  'GET /orders/:order/checkout': (agent, { orderNumber }) => agent.get(`/orders/${orderNumber}/checkout`),
  'HEAD /orders/:order/events': (agent, { orderNumber }) => agent.head(`/orders/${orderNumber}/events`),
  'GET /orders/:order/timeline': (agent, { orderNumber }) => agent.get(`/orders/${orderNumber}/timeline`),
  'GET /payments/:payment': (agent, { owner }) => agent.get(`/payments/pi_${owner}`),
  'POST /orders/:order/cancel': (agent, { orderNumber }) => agent.post(`/orders/${orderNumber}/cancel`),
} satisfies Record<string, (agent: request.Agent, target: Target) => request.Test>;
type Route = keyof typeof routes;

const forged = createTestTokens();
const claims = { id: 50, email: 'forger@shop.test', role: 'admin' } as const;
const inAnHour = Math.floor(Date.now() / 1000) + 3600;
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const unsigned = (alg: string) =>
  [
    { alg, kid: tokens.keyId },
    { ...claims, iss: 'shop', aud: 'shop', exp: inAnHour },
  ]
    .map(encode)
    .join('.');

/** Signed with what everybody knows: the public key, taken for a shared secret. */
function confused(): string {
  const publicKey = createPublicKey({ key: tokens.publicJwk, format: 'jwk' });
  const secret = publicKey.export({ type: 'spki', format: 'pem' });
  const content = unsigned('HS256');
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

/** Those who get nowhere, with what they send and what they are told. */
const outsiders: Readonly<Record<string, readonly [authorization: string | undefined, code: string]>> = {
  'no token': [undefined, 'token-missing'],
  'another scheme': ['Basic Y3VzdG9tZXI6cGFzc3dvcmQ=', 'token-missing'],
  expired: [`Bearer ${token(50, { role: 'admin', exp: inAnHour - 7200 })}`, 'token-expired'],
  'alg none': [`Bearer ${unsigned('none')}.`, 'invalid-token'],
  'alg HS256': [`Bearer ${confused()}`, 'invalid-token'],
  'wrong audience': [`Bearer ${token(50, { role: 'admin', aud: 'another-shop' })}`, 'invalid-token'],
  'wrong issuer': [`Bearer ${token(50, { role: 'admin', iss: 'another-shop' })}`, 'invalid-token'],
  'another key': [`Bearer ${forged.token(claims)}`, 'invalid-token'],
  'unknown role': [`Bearer ${token(50, { role: 'root' })}`, 'invalid-token'],
};

/** Those with a token: whose line and order it is, somebody else, an administrator. */
const insiders: Readonly<Record<Route, readonly [owner: number, stranger: number, admin: number]>> = {
  'POST /cart': [200, 201, 201],
  'POST /cart/merge': [200, 200, 200],
  'GET /cart': [200, 200, 200],
  'PATCH /cart/:line': [200, 404, 404],
  'DELETE /cart/:line': [204, 404, 404],
  'POST /orders': [201, 409, 409],
  'GET /orders': [200, 200, 200],
  'GET /orders?all': [403, 403, 200],
  'GET /orders/:order': [200, 404, 200],
  'GET /orders/:order/checkout': [200, 404, 404],
  'HEAD /orders/:order/events': [200, 404, 200],
  'GET /orders/:order/timeline': [403, 403, 200],
  'GET /payments/:payment': [404, 404, 404],
  'POST /orders/:order/cancel': [200, 404, 200],
};
const routeNames = Object.keys(routes) as Route[];

let shop: Harness;
let untouched: Target;
let before: unknown;
beforeAll(async () => {
  shop = await startHarness();
  shop.catalog.sell({ id: 1 });
  untouched = await newTarget();
  before = await stateOf(untouched);
});
afterAll(() => shop.stop());

async function newTarget(): Promise<Target> {
  const owner = shop.newCustomer();
  const orderNumber = await shop.order(owner, 'processing');
  await shop.fillCart(owner, [1, 1]);
  const { body } = await shop.as(owner).get('/cart').expect(200);
  return { owner, orderNumber, line: body.lines[0].id };
}

const stateOf = async ({ owner, orderNumber }: Target) => [
  (await shop.as(owner).get('/cart').expect(200)).body,
  (await shop.as(owner).get('/orders').expect(200)).body,
  await shop.look(orderNumber),
];

describe.each(Object.entries(outsiders))('with %s', (_name, [authorization, code]) => {
  it.each(routeNames)('%s', async (route) => {
    const agent = request.agent(shop.url);
    if (authorization !== undefined) agent.set('authorization', authorization);

    const { status, body, headers } = await routes[route](agent, untouched);

    const told = route.startsWith('HEAD') ? undefined : code;
    expect([status, body.code, headers['www-authenticate']]).toEqual([401, told, 'Bearer']);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  });
});

describe.each([
  ['the owner', 0],
  ['a stranger', 1],
  ['an administrator', 2],
] as const)('as %s', (who, column) => {
  it.each(routeNames)('%s', async (route) => {
    const expected = insiders[route][column];
    // What is refused must leave the one target untouched; what is allowed has one of its own.
    const target = expected < 400 ? await newTarget() : untouched;
    const agent = {
      'the owner': () => shop.as(target.owner),
      'a stranger': () => shop.as(shop.newCustomer()),
      'an administrator': () => shop.agent(token(shop.newCustomer(), { role: 'admin' })),
    }[who]();

    const { status } = await routes[route](agent, target);

    expect(status).toBe(expected);
  });
});

it('nobody who was refused changed anything', async () => {
  expect(await stateOf(untouched)).toEqual(before);
});

it('shows a customer nothing of the others’ orders and cart', async () => {
  const stranger = shop.as(shop.newCustomer());

  expect((await stranger.get('/orders').expect(200)).body).toEqual({
    items: [],
    total: 0,
    totalIsExact: true,
    limit: 20,
    offset: 0,
    nextCursor: null,
  });
  expect((await stranger.get('/cart').expect(200)).body.lines).toEqual([]);
});

it('shows an administrator everybody’s orders when asked, and else their own', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer);

  const { body: all } = await shop.admin.get('/orders?all=true&limit=1').expect(200);
  const { body: own } = await shop.admin.get('/orders').expect(200);

  expect(all.items).toMatchObject([{ orderNumber, customerId: customer, items: [{ qty: 1 }] }]);
  const [{ count }] = (await shop.database.sql('SELECT count(*)::int FROM orders')) as [{ count: number }];
  expect(all.total).toBe(count);
  expect(own.total).toBe(0);
});

it.each(['/healthz', '/readyz'])('%s needs no token', async (path) => {
  await request(shop.url).get(path).expect(200);
});
