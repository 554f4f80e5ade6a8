import { once } from 'node:events';
import { connect } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { waitFor } from '@shop/testing';
import { type EventReader, readEvents } from './support/event-reader.ts';
import { type Harness, startHarness, token } from './support/harness.ts';

const settings = { STREAM_POLL_MS: '40', STREAM_HEARTBEAT_MS: '60', MAX_STREAMS: '25' };
let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ settings });
});
const readers: EventReader[] = [];
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.leave()));
  await waitFor(async () => (await openStreams()) === 0, { what: 'the streams to be forgotten' });
});
afterAll(() => shop.stop());

interface FollowOptions {
  readonly at?: string;
  readonly bearer?: string;
  readonly after?: string | number;
}

async function follow(customer: number, orderNumber: string, options: FollowOptions = {}) {
  const { at = shop.url, bearer = token(customer), after } = options;
  const reader = await readEvents(`${at}/orders/${orderNumber}/events`, {
    authorization: `Bearer ${bearer}`,
    'accept-encoding': 'gzip, br',
    ...(after !== undefined && { 'last-event-id': String(after) }),
  });
  readers.push(reader);
  return reader;
}

async function openStreams(): Promise<number> {
  return Number(/^order_streams\{.*\} (\d+)$/m.exec(await shop.metrics())?.[1]);
}

const causesOf = (reader: EventReader) => reader.events.map(({ data }) => (data as { cause: string }).cause);

it('tells the whole history, then each entry as it comes, as GET does', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer, 'processing');

  const stream = await follow(customer, orderNumber);
  await stream.received(2);
  await shop.payment(orderNumber, 'pi_live', 'created');
  await shop.payment(orderNumber, 'pi_live', 'succeeded');
  const events = await stream.received(4);

  const { history } = await shop.look(orderNumber);
  expect(history).toHaveLength(4);
  expect(events).toEqual(
    history.map((entry: { id: number }) => ({ id: String(entry.id), event: 'status', data: entry })),
  );
});

it('is a stream that nobody on the way may store, change or hold back', async () => {
  const customer = shop.newCustomer();
  const { status, headers } = await follow(customer, await shop.order(customer));

  expect([status, ...['content-type', 'cache-control'].map((name) => headers.get(name))]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
    'no-store, no-transform',
  ]);
  expect([headers.get('x-accel-buffering'), headers.get('content-encoding')]).toEqual(['no', null]);
});

it('goes on after the last event that was seen, so that nothing is missed or told twice', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer);
  const first = await follow(customer, orderNumber);
  const [created] = await first.received(1);
  await first.leave();
  await shop.reserved(orderNumber);
  await shop.payment(orderNumber, 'pi_resumed', 'created');

  const second = await follow(customer, orderNumber, { after: created?.id as string });
  await second.received(2);
  await shop.payment(orderNumber, 'pi_resumed', 'failed');
  await second.received(3);

  expect(causesOf(second)).toEqual(['stock-reserved', 'payment-created', 'payment-failed']);
});

it('tells what another instance has done, at every instance', async () => {
  const second = await shop.startInstance();
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer);
  const streams = [
    await follow(customer, orderNumber),
    await follow(customer, orderNumber, { at: second.url }),
    await follow(customer, orderNumber, { at: second.url }),
  ];

  await shop.reserved(orderNumber);
  await shop.as(customer, second.url).post(`/orders/${orderNumber}/cancel`).expect(200);
  await Promise.all(streams.map((stream) => stream.ended()));

  for (const stream of streams) {
    expect(causesOf(stream).slice(0, 3)).toEqual(['created', 'stock-reserved', 'cancel-asked']);
  }
  await second.stop();
});

describe('ends', () => {
  const end = (reason: string) => ({ event: 'end', data: { reason } });

  it('when an order that was not paid is cancelled', async () => {
    const customer = shop.newCustomer();
    const orderNumber = await shop.order(customer, 'processing');
    const stream = await follow(customer, orderNumber);

    await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);

    expect(await stream.ended()).toEqual(end('order-cancelled'));
    expect(stream.events.at(-2)).toMatchObject({ data: { status: 'cancelled', cause: 'cancel-asked' } });
  });

  it('only when the refund of a completed order has been shown, wherever the client goes on', async () => {
    const customer = shop.newCustomer();
    const orderNumber = await shop.order(customer, 'completed');
    const stream = await follow(customer, orderNumber);
    await stream.received(3);
    await waitFor(() => stream.comments.length >= 2, { what: 'heartbeats of a stream that stays open' });
    await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);
    await stream.received(4);
    const { id } = stream.events[3] as { id: string };
    const resumed = await follow(customer, orderNumber, { after: id });
    await waitFor(() => resumed.comments.length >= 2, { what: 'heartbeats of a stream that stays open' });

    await shop.payment(orderNumber, `pi_${orderNumber}`, 'refunded');

    for (const followed of [stream, resumed]) {
      expect(await followed.ended()).toEqual(end('order-cancelled'));
      expect(followed.events.at(-2)).toMatchObject({ data: { cause: 'payment-refunded' } });
    }
  });

  it('at once when the order is cancelled already, with all that there is to tell', async () => {
    const customer = shop.newCustomer();
    const orderNumber = await shop.order(customer);
    await shop.rejected(orderNumber, []);

    const whole = await follow(customer, orderNumber);
    expect(await whole.ended()).toEqual(end('order-cancelled'));
    const { id } = whole.events[1] as { id: string };
    const rest = await follow(customer, orderNumber, { after: id });
    expect(await rest.ended()).toEqual(end('order-cancelled'));

    expect(whole.events).toHaveLength(3);
    expect(rest.events).toHaveLength(1);
  });

  it('when the token does', async () => {
    const customer = shop.newCustomer();
    const orderNumber = await shop.order(customer);
    const exp = Math.floor(Date.now() / 1000) + 2;

    const stream = await follow(customer, orderNumber, { bearer: token(customer, { exp }) });

    expect(await stream.ended()).toEqual(end('token-expired'));
    // A timer may be a moment early.
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000 - 10);
    expect(causesOf(stream)[0]).toBe('created');
  });

  it('when the instance stops, which does not wait for it', async () => {
    const { url, stop } = await shop.startInstance();
    const customer = shop.newCustomer();
    const stream = await follow(customer, await shop.order(customer), { at: url });
    await stream.received(1);

    const startedAt = performance.now();
    await stop();

    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(await stream.ended()).toEqual(end('shutting-down'));
  });
});

it('shows now and then that it lives', async () => {
  const customer = shop.newCustomer();
  const stream = await follow(customer, await shop.order(customer));

  await waitFor(() => stream.comments.length >= 2);

  expect(new Set(stream.comments)).toEqual(new Set([': still here']));
});

it('is for the order’s customer and for administrators', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer);
  const asAdmin = await follow(1, orderNumber, { bearer: token(1, { role: 'admin' }) });
  const stranger = shop.newCustomer();

  const { status, body } = await shop.as(stranger).get(`/orders/${orderNumber}/events`);

  expect([status, body.code]).toEqual([404, 'order-not-found']);
  await asAdmin.received(1);
});

it('begins at once, before there is anything to tell', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer);
  const { url, stop } = await shop.startInstance({ STREAM_POLL_MS: '60000', STREAM_HEARTBEAT_MS: '60000' });

  const stream = await follow(customer, orderNumber, { at: url, after: '999999999' });

  expect([stream.status, stream.events]).toEqual([200, []]);
  await stop();
});

it('answers HEAD without beginning a stream', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer);

  const { headers } = await shop.as(customer).head(`/orders/${orderNumber}/events`).expect(200);

  expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
  expect(await openStreams()).toBe(0);
});

it('is served to so many and no more, to one user to twenty of them, and when all are taken cuts the greatest user', async () => {
  const customers = Array.from({ length: 2 }, () => shop.newCustomer());
  const [one, two] = (await Promise.all(
    customers.map(async (customer) => ({ customer, orderNumber: await shop.order(customer) })),
  )) as [{ customer: number; orderNumber: string }, { customer: number; orderNumber: string }];
  const open = ({ customer, orderNumber }: typeof one, count: number) =>
    Promise.all(Array.from({ length: count }, () => follow(customer, orderNumber)));
  const refusal = async ({ customer, orderNumber }: typeof one) => {
    const { status, body, headers } = await shop.as(customer).get(`/orders/${orderNumber}/events`);
    return [status, body.code, headers['retry-after'], headers['content-type']];
  };
  const problem = 'application/problem+json; charset=utf-8';

  const ofOne = await open(one, 20);
  expect(await refusal(one)).toEqual([429, 'own-streams-exhausted', '5', problem]);
  const ofTwo = await open(two, 5);
  expect(await refusal(one)).toEqual([429, 'own-streams-exhausted', '5', problem]);
  const cutOff = () =>
    ofOne.filter(({ events }) => isDeepStrictEqual(events.at(-1)?.data, { reason: 'too-many-streams' }));
  for (let count = 1; count <= 7; count++) {
    ofTwo.push(...(await open(two, 1)));
    await waitFor(() => cutOff().length === count);
  }
  // Each has as many as the other, but for one.
  expect(await refusal(two)).toEqual([503, 'streams-exhausted', '5', problem]);
  expect([await openStreams(), ofTwo.filter(({ status }) => status === 200).length]).toEqual([25, 12]);
});

it('is shut to nobody by many users at one address', async () => {
  const shared = await shop.startInstance({ TRUST_PROXY: '1', STREAMS_PER_ADDRESS: '24' });
  const open = async (address: string, count = 1) => {
    const customer = shop.newCustomer();
    const url = `${shared.url}/orders/${await shop.order(customer)}/events`;
    const headers = { authorization: `Bearer ${token(customer)}`, 'x-forwarded-for': address };
    const opened = await Promise.all(Array.from({ length: count }, () => readEvents(url, headers)));
    readers.push(...opened);
    return opened.map(({ status }) => status);
  };
  for (let users = 0; users < 4; users++) expect(await open('192.0.2.1', 6)).toEqual(Array(6).fill(200));
  expect(await open('192.0.2.1')).toEqual([429]);

  for (const host of [2, 3, 4, 5, 6]) expect(await open(`192.0.2.${host}`, 2)).toEqual([200, 200]);
  const ended = () => readers.filter(({ events }) => events.at(-1)?.event === 'end');
  await waitFor(() => ended().length === 9);
  expect(ended().every((reader) => readers.indexOf(reader) < 24)).toBe(true);
});

it('is served to guests at one address so often and no more, however many they are', async () => {
  const few = await shop.startInstance({ TRUST_PROXY: '1', GUEST_STREAMS_PER_ADDRESS: '3' });
  const open = async (id: number, address: string, role = 'guest') => {
    const reader = await readEvents(`${few.url}/orders/${await shop.order(id)}/events`, {
      authorization: `Bearer ${token(id, { role, ...(role === 'guest' && { email: null }) })}`,
      'x-forwarded-for': address,
    });
    readers.push(reader);
    return reader;
  };
  const statuses = [];
  for (const host of [1, 2, 3, 4])
    statuses.push((await open(shop.newCustomer(), `2001:db8:0:7::${host}`)).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  expect((await open(shop.newCustomer(), '2001:db8:0:8::1')).status).toBe(200);
  expect((await open(shop.newCustomer(), '2001:db8:0:7::1', 'customer')).status).toBe(200);
  await readers[0]?.leave();
  await waitFor(async () => (await open(shop.newCustomer(), '2001:db8:0:7::5')).status === 200);
});

it('cuts off who does not read, and goes on with the others', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer);
  const deaf = connect(shop.port, '127.0.0.1');
  deaf.on('error', () => {});
  deaf.pause();
  deaf.write(
    `GET /orders/${orderNumber}/events HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer ${token(customer)}\r\n\r\n`,
  );
  await waitFor(async () => (await openStreams()) === 1);

  // More than the network holds for a reader.
  await shop.database.sql(
    `INSERT INTO order_history (order_id, status, cause, details)
     SELECT id, status, 'payment-failed', jsonb_build_object('paymentId', repeat('x', 500000))
     FROM orders, generate_series(1, 40) WHERE order_number = $1`,
    [orderNumber],
  );
  await waitFor(async () => (await openStreams()) === 0, { what: 'the deaf reader to be cut off' });

  const attentive = await follow(customer, await shop.order(customer));
  await attentive.received(1);
  deaf.resume();
  await once(deaf, 'close');
});

it('outlives its database being away, and then misses nothing', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer);
  const stream = await follow(customer, orderNumber);
  await stream.received(1);
  shop.network.cut();
  await waitFor(() => shop.logs.some(({ msg }) => msg.startsWith('a periodic job failed')));
  shop.network.heal();

  await shop.reserved(orderNumber);
  await stream.received(2);

  expect(causesOf(stream)).toEqual(['created', 'stock-reserved']);
});
