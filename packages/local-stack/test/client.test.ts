import { sign } from 'node:crypto';
import {
  createShopClient,
  memoryStore,
  newIdempotencyKey,
  type OrderEvent,
  orThrow,
  ProblemError,
  type ShopClient,
} from '@shop/client';
import { startTcpProxy, type TcpProxy, waitFor } from '@shop/testing';
import { keepSecrets } from '../src/secrets.ts';
import { openShop, type TestShop } from './support/shop.ts';

let shop: TestShop;
/** The network between client and gateway. */
let network: TcpProxy;
/** Made once: the administrator has the few writes of a second that each user has here. */
const products = { plenty: 0, two: 0 };

beforeAll(async () => {
  shop = await openShop({ environment: { LIMIT_CLIENTS: 'true', WRITES_PER_USER: '4/1s' } });
  network = await startTcpProxy(shop.stack.urls.storefront);
  products.plenty = await shop.product(100);
  products.two = await shop.product(2);
}, 60_000);
afterEach(() => network?.heal());
afterAll(async () => {
  await network?.close();
  await shop?.close();
}, 60_000);

interface Document {
  readonly paths: Record<string, Record<string, { operationId?: string; requestBody?: object }>>;
}

interface Sent {
  readonly call: string;
  readonly headers: Headers;
  readonly status: number | undefined;
}

/** A client, with a list of all requests that it sent. */
function openClient() {
  const sent: Sent[] = [];
  const store = memoryStore();
  const client = createShopClient({
    url: `${network.url}/api`,
    store,
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      const note = { call: `${request.method} ${pathname.replace('/api', '')}`, headers: request.headers };
      try {
        const reply = await fetch(request);
        sent.push({ ...note, status: reply.status });
        return reply;
      } catch (error) {
        sent.push({ ...note, status: undefined });
        throw error;
      }
    },
  });
  const statusesOf = (call: string) => sent.filter((each) => each.call === call).map(({ status }) => status);
  return { client, store, sent, statusesOf };
}

const account = () => ({
  username: 'Ada',
  email: `${newIdempotencyKey()}@shop.test`,
  password: newIdempotencyKey(),
});

/** As Stripe.js does it in a browser. */
async function payByCard({
  paymentId,
  secret,
  pubKey,
}: {
  paymentId: string;
  secret: string | null;
  pubKey: string;
}) {
  const card = { key: pubKey, client_secret: secret ?? '', payment_method: 'pm_card_visa' };
  const url = `${shop.stack.urls.stripe}/v1/payment_intents/${paymentId}/confirm`;
  await fetch(url, { method: 'POST', body: new URLSearchParams(card) });
}

async function order(client: ShopClient) {
  await client.session.begin();
  await orThrow(client.addToCart({ body: { productId: products.plenty, qty: 1 } }));
  return (await orThrow(client.createOrder())).orderNumber;
}

it('buys as a guest who signs up on the way, from the search to a completed order', async () => {
  const { client, store, statusesOf } = openClient();
  await Promise.all([client.session.begin(), client.session.begin()]);
  expect(statusesOf('POST /guest')).toEqual([201]);
  const { items } = await orThrow(client.listProducts({ search: 'mug', inStock: true, limit: 1 }));
  await orThrow(client.addToCart({ body: { productId: items[0]?.id ?? 0, qty: 1 } }));
  await orThrow(client.session.signUp(account()));
  const { amount, currency } = await orThrow(client.getCart());
  const body = { amount: amount ?? 0, currency: currency ?? '' };
  const { orderNumber } = await orThrow(client.createOrder({ body }));
  // Follows Retry-After while the stock is being reserved.
  const { data } = await orThrow(client.createPayment({ body: { orderNumber } }));
  await payByCard(data);
  const seen: string[] = [];
  for await (const { cause, status } of client.followOrder({ orderNumber })) {
    seen.push(cause);
    if (status === 'completed') break;
  }
  expect(seen).toEqual(['created', 'stock-reserved', 'payment-created', 'payment-succeeded']);
  expect(await orThrow(client.verifyPayment({ id: data.paymentId }))).toMatchObject({ status: 'succeeded' });
  await client.session.signOut();
  expect(await store.get()).toBeUndefined();
  expect((await client.getCart()).problem?.code).toBe('token-missing');
});

it('has a function for each operation that the gateway shows, deprecated ones too, and no other', async () => {
  const asked: string[] = [];
  const fetchNothing = async ({ method, url }: Request) => {
    asked.push(`${method} ${new URL(url).pathname}`);
    return Response.json({ code: 'order-not-found', status: 404 }, { status: 404 });
  };
  const { session: _, ...client } = createShopClient({ url: 'http://shop.test', fetch: fetchNothing });
  const calls = client as object as Record<string, (input: object) => object>;
  const names = ['id', 'lineItemId', 'orderNumber', 'shipmentId'];
  const input = Object.fromEntries(names.map((name) => [name, name]));
  const shown: string[] = [];
  for (const service of ['user', 'catalog', 'order', 'payment']) {
    const reply = await fetch(`${shop.stack.urls.storefront}/openapi/${service}.json`);
    for (const [path, item] of Object.entries(((await reply.json()) as Document).paths)) {
      for (const [method, { operationId, requestBody }] of Object.entries(item)) {
        if (operationId === undefined) continue;
        shown.push(operationId);
        const answer = calls[operationId]?.({ ...input, ...(requestBody && { body: {} }) });
        await (answer !== undefined && 'next' in answer
          ? (answer as AsyncGenerator).next().catch(() => {})
          : answer);
        expect([operationId, asked.pop()]).toEqual([
          operationId,
          `${method.toUpperCase()} ${path.replaceAll(/[{}]/g, '')}`,
        ]);
      }
    }
  }
  expect(Object.keys(calls).sort()).toEqual(shown.sort());
});

it('takes a guest’s cart over when the guest logs in', async () => {
  const [{ client: other }, { client }] = [openClient(), openClient()];
  const { username, ...credentials } = account();
  await orThrow(other.session.signUp({ username, ...credentials }));
  const productId = products.plenty;
  await client.session.begin();
  await orThrow(client.addToCart({ body: { productId, qty: 2 } }));
  expect((await client.session.signIn(credentials)).mergedCart?.data?.lines).toMatchObject([
    { productId, qty: 2 },
  ]);
});

it('tells problems by their code, with the members that each has', async () => {
  const { client } = openClient();
  await client.session.begin();
  const productId = products.two;
  const added = await client.addToCart({ body: { productId, qty: 3 } });
  if (added.problem?.code !== 'insufficient-stock') throw new Error(JSON.stringify(added));
  expect(added.problem.available).toBe(2);
  const invalid = await client.register({ body: { username: '', email: 'ada', password: 'short' } });
  expect(invalid.problem?.errors?.map(({ field }) => field)).toEqual(['username', 'email', 'password']);
  await expect(orThrow(client.getProduct({ id: 999_999_999 }))).rejects.toBeInstanceOf(ProblemError);
});

it('refreshes an expired token once for ten calls, whether it knows that it has expired or is told so', async () => {
  const { client, store, statusesOf } = openClient();
  await orThrow(client.session.signUp(account()));
  const { jwtPrivateKey } = await keepSecrets(shop.dataDir);
  for (const knows of [true, false]) {
    const tokens = await store.get();
    if (tokens === undefined) throw new Error('no tokens');
    const token = expired(tokens.token, jwtPrivateKey);
    await store.set({ ...tokens, token, ...(knows && { expiresAt: Date.now() - 1 }) });
    const names = await Promise.all(
      Array.from({ length: 10 }, async () => (await client.getMe()).data?.username),
    );
    expect(names).toEqual(Array.from({ length: 10 }, () => 'Ada'));
  }
  expect(statusesOf('POST /refresh')).toEqual([200, 200]);
  expect(statusesOf('GET /me').filter((status) => status === 401)).toHaveLength(10);
});

it('forgets a session that the shop has ended, and says why', async () => {
  const { client, store } = openClient();
  await orThrow(client.session.signUp(account()));
  const { items } = await orThrow(client.listSessions());
  await orThrow(client.endSession({ id: items[0]?.id ?? '' }));
  expect((await client.getMe()).problem?.code).toBe('invalid-token');
  expect(await store.get()).toBeUndefined();
});

it('opens the shop by an API key, as the program of a back office does', async () => {
  const [{ client: admin }, { client }] = [openClient(), openClient()];
  await orThrow(admin.login({ body: { email: 'admin@shop.test', password: 'admin-password' } }));
  const body = { name: 'Warehouse', scopes: ['orders:read' as const] };
  const { key } = await orThrow(admin.createApiKey({ body }));
  await orThrow(client.openApiKey({}, { bearer: key }));
  expect((await orThrow(client.listOrders({ all: true, limit: 1 }))).limit).toBe(1);
  expect((await client.deleteProduct({ id: 1 })).problem?.code).toBe('scope-missing');
});

it('sends a lost order again with the same Idempotency-Key, and never what must not be repeated', async () => {
  const { client, sent, statusesOf } = openClient();
  await client.session.begin();
  const productId = products.plenty;
  network.loseReplyTo('POST /api/cart ');
  const added = await client.addToCart({ body: { productId, qty: 1 } });
  expect(added.problem?.code).toBe('network-error');
  expect(statusesOf('POST /cart')).toEqual([undefined]);
  network.loseReplyTo('POST /api/orders ');
  const { orderNumber } = await orThrow(client.createOrder());
  expect(statusesOf('POST /orders')).toEqual([undefined, 201]);
  const keys = sent
    .filter(({ call }) => call === 'POST /orders')
    .map(({ headers }) => headers.get('idempotency-key'));
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);
  const { items } = await orThrow(client.listOrders());
  expect(items.map((item) => [item.orderNumber, item.items[0]?.qty])).toEqual([[orderNumber, 1]]);
});

it('waits as long as Retry-After says, and does each thing once', async () => {
  const { client, statusesOf } = openClient();
  await client.session.begin();
  const productId = products.plenty;
  const calls = Array.from({ length: 6 }, () => client.addToCart({ body: { productId, qty: 1 } }));
  expect((await Promise.all(calls)).map(({ problem }) => problem)).toEqual(Array(6).fill(undefined));
  expect(statusesOf('POST /cart').filter((status) => status === 429).length).toBeGreaterThanOrEqual(2);
  expect((await orThrow(client.getCart())).lines).toMatchObject([{ productId, qty: 6 }]);
});

it('goes on with a stream that breaks, by Last-Event-ID, without losing or doubling an event', async () => {
  const { client, sent } = openClient();
  const orderNumber = await order(client);
  const seen: OrderEvent[] = [];
  const leaving = new AbortController();
  const following = (async () => {
    for await (const event of client.followOrder({ orderNumber }, { signal: leaving.signal }))
      seen.push(event);
  })();
  await waitFor(() => seen.some(({ status }) => status === 'processing'));
  network.cut();
  network.heal();
  const opened = () => sent.filter(({ call, status }) => call.endsWith('/events') && status === 200);
  await waitFor(() => opened().length === 2);
  await orThrow(client.cancelOrder({ orderNumber }));
  // The stream of a cancelled order ends by itself.
  await following;
  expect(seen.map(({ cause }) => cause)).toEqual(['created', 'stock-reserved', 'cancel-asked']);
  expect(opened().map(({ headers }) => headers.get('last-event-id'))).toEqual([null, String(seen[1]?.id)]);
});

it('leaves a stream when its signal says so, and refuses one of another’s order', async () => {
  const { client } = openClient();
  const orderNumber = await order(client);
  const leaving = new AbortController();
  for await (const _ of client.followOrder({ orderNumber }, { signal: leaving.signal })) leaving.abort();
  const { client: stranger } = openClient();
  await stranger.session.begin();
  await expect(stranger.followOrder({ orderNumber }).next()).rejects.toMatchObject({
    problem: { code: 'order-not-found' },
  });
});

it('says that there is no shop, and no more than that, where something else answers or nothing', async () => {
  const nothing = createShopClient({ url: 'http://127.0.0.1:1/api', maxWaitMs: 0 });
  expect(await nothing.listProducts()).toMatchObject({ problem: { code: 'network-error', status: 0 } });
  const page = { fetch: async () => new Response('<h1>Bad gateway</h1>', { status: 502 }), maxWaitMs: 0 };
  const proxy = createShopClient({ url: 'http://shop.test', ...page });
  expect(await proxy.listProducts()).toMatchObject({ problem: { code: 'unexpected-reply', status: 502 } });
  expect(() => createShopClient({ url: '/api' })).toThrow('Invalid URL');
});

/** The same token, as it would be after its time. */
function expired(token: string, key: string): string {
  const [header = '', claims = ''] = token.split('.');
  const old = {
    ...JSON.parse(Buffer.from(claims, 'base64url').toString()),
    iat: 1_000_000_000,
    exp: 1_000_000_900,
  };
  const signed = `${header}.${Buffer.from(JSON.stringify(old)).toString('base64url')}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
