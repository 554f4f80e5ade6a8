import type { Test } from 'supertest';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
let customer: number;
let line: number;
let orderNumber: string;
let before: unknown;

beforeAll(async () => {
  shop = await startHarness();
  customer = shop.newCustomer();
  orderNumber = await shop.order(customer, 'processing');
  shop.catalog.sell({ id: 1 });
  await shop.fillCart(customer, [1, 1]);
  line = (await shop.as(customer).get('/cart').expect(200)).body.lines[0].id;
  before = await state();
});
afterAll(() => shop.stop());

const state = async () => [
  (await shop.as(customer).get('/cart').expect(200)).body,
  (await shop.as(customer).get('/orders').expect(200)).body,
  await shop.look(orderNumber),
];

async function expectProblem(request: Test, status: number, code: string, fields?: readonly string[]) {
  const { body, ...reply } = await request;
  expect([reply.status, body.code]).toEqual([status, code]);
  expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({ status, instance: expect.any(String), requestId: expect.any(String) });
  const named = body.errors?.map(({ field }: { field: string }) => field);
  expect(named && [...new Set(named)]).toEqual(fields);
}

/** The body as it stands, for what JSON.stringify would not write. */
const sendRaw = (method: 'post' | 'patch', path: string, body: string, type = 'application/json') =>
  shop.as(customer)[method](path).set('content-type', type).serialize(String).send(body);

const big = '9'.repeat(400);

describe('POST /cart', () => {
  it.each([
    ['nothing', '{}', ['productId', 'qty']],
    ['no product', '{"qty":1}', ['productId']],
    ['no quantity', '{"productId":1}', ['qty']],
    ['texts', '{"productId":"1","qty":"1"}', ['productId', 'qty']],
    ['fractions', '{"productId":1.5,"qty":0.5}', ['productId', 'qty']],
    ['zeros', '{"productId":0,"qty":0}', ['productId', 'qty']],
    ['negative zeros', '{"productId":-0,"qty":-0.0}', ['productId', 'qty']],
    ['negatives', '{"productId":-1,"qty":-1}', ['productId', 'qty']],
    ['beyond the database’s integer', '{"productId":2147483648,"qty":1}', ['productId']],
    ['a quantity beyond ten thousand', '{"productId":1,"qty":10001}', ['qty']],
    ['beyond exact numbers', '{"productId":9007199254740993,"qty":1e300}', ['productId', 'qty']],
    ['beyond all numbers', `{"productId":${big},"qty":-${big}}`, ['productId', 'qty']],
    ['null', '{"productId":null,"qty":null}', ['productId', 'qty']],
    ['yes and no', '{"productId":true,"qty":false}', ['productId', 'qty']],
    ['lists', '{"productId":[1],"qty":[]}', ['productId', 'qty']],
    ['objects', '{"productId":{"gt":0},"qty":{}}', ['productId', 'qty']],
    ['NUL', '{"productId":"\\u0000","qty":"1\\u0000"}', ['productId', 'qty']],
    ['an unknown member', '{"productId":1,"qty":1,"price":1}', ['price']],
    ['a member of all objects', '{"productId":1,"qty":1,"__proto__":{"admin":true}}', ['__proto__']],
    ['another member of all objects', '{"productId":1,"qty":1,"constructor":1}', ['constructor']],
    ['somebody else’s cart', '{"productId":1,"qty":1,"customerId":2}', ['customerId']],
    ['a list', '[]', ['body']],
    ['a text', '"productId"', ['body']],
    ['a number', '1', ['body']],
    ['null itself', 'null', ['body']],
    ['many lists in each other', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, ['body']],
    [
      'many objects in each other',
      `{"productId":1,"qty":${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}}`,
      ['body'],
    ],
  ])('with %s', (_name, body, fields) =>
    expectProblem(sendRaw('post', '/cart', body), 400, 'validation-failed', fields),
  );

  it('without a body', () =>
    expectProblem(shop.as(customer).post('/cart'), 400, 'validation-failed', ['body']));
});

describe('PATCH /cart/:lineItemId', () => {
  it.each([
    ['nothing', '{}', ['qty']],
    ['a text', '{"qty":"2"}', ['qty']],
    ['a fraction', '{"qty":1.000001}', ['qty']],
    ['zero', '{"qty":0}', ['qty']],
    ['a negative', '{"qty":-5}', ['qty']],
    ['too many', '{"qty":10001}', ['qty']],
    ['another product', '{"qty":1,"productId":2}', ['productId']],
    ['a list', '[{"qty":1}]', ['body']],
  ])('with %s', (_name, body, fields) =>
    expectProblem(sendRaw('patch', `/cart/${line}`, body), 400, 'validation-failed', fields),
  );

  it.each(['abc', '1.5', '-1', '0', '2147483648', '1e3', '%00', '9'.repeat(400), "1'--", ' 1', '1%20'])(
    'of a line %p',
    async (id) => {
      const path = `/cart/${encodeURI(decodeURI(id))}`;
      const user = shop.as(customer);
      await expectProblem(user.patch(path).send({ qty: 1 }), 400, 'validation-failed', ['lineItemId']);
      await expectProblem(user.delete(path), 400, 'validation-failed', ['lineItemId']);
    },
  );

  it('of a line that is not there', () =>
    expectProblem(shop.as(customer).patch('/cart/2147483647').send({ qty: 1 }), 404, 'cart-line-not-found'));
});

describe('POST /orders', () => {
  it.each([
    ['a text', '{"amount":"1000"}', ['amount']],
    ['a fraction', '{"amount":10.5}', ['amount']],
    ['a negative', '{"amount":-1}', ['amount']],
    ['more than Stripe takes', '{"amount":1000000000000}', ['amount']],
    ['beyond all numbers', `{"amount":${big}}`, ['amount']],
    ['null', '{"amount":null}', ['amount']],
    ['a currency without an amount', '{"currency":"eur"}', ['amount']],
    ['a currency in capitals', '{"amount":1000,"currency":"EUR"}', ['currency']],
    ['a currency of four letters', '{"amount":1000,"currency":"euro"}', ['currency']],
    ['a currency with NUL', '{"amount":1000,"currency":"eu\\u0000"}', ['currency']],
    ['a currency and a line break', '{"amount":1000,"currency":"eur\\n"}', ['currency']],
    ['a number for a currency', '{"amount":1000,"currency":978}', ['currency']],
    ['unknown members', '{"amount":1000,"customerId":2,"status":"completed"}', ['customerId', 'status']],
    ['a list', '[]', ['body']],
    ['a text alone', '"all of it"', ['body']],
    ['no', 'false', ['body']],
    ['many lists in each other', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, ['body']],
  ])('with %s', (_name, body, fields) =>
    expectProblem(sendRaw('post', '/orders', body), 400, 'validation-failed', fields),
  );
});

describe('GET /orders', () => {
  it.each([
    ['limit=0', ['limit']],
    ['limit=101', ['limit']],
    ['limit=-1', ['limit']],
    ['limit=ten', ['limit']],
    ['limit=1.5', ['limit']],
    ['limit=', ['limit']],
    ['limit=1e1', ['limit']],
    ['limit=%00', ['limit']],
    [`limit=${big}`, ['limit']],
    ['limit=10&limit=20', ['limit']],
    ['offset=-1', ['offset']],
    ['offset=1000001', ['offset']],
    ['offset=0&offset=0', ['offset']],
    ['status=shipped', ['status']],
    ['status=', ['status']],
    ['status=pending%00', ['status']],
    ['status=pending&status=completed', ['status']],
    ['all=yes', ['all']],
    ['all=1', ['all']],
    ['all=true&all=false', ['all']],
    ['customerId=0', ['customerId']],
    ['customerId=2147483648', ['customerId']],
    ['customerId=me', ['customerId']],
    ['customerId=1&customerId=2', ['customerId']],
    ['cursor=', ['cursor']],
    ['cursor=short', ['cursor']],
    ['cursor=ABCDEFGH%00', ['cursor']],
    ['cursor=ABCDEFGH&offset=1', ['offset']],
    ['from=yesterday', ['from']],
    ['from=2026-11-31', ['from']],
    ['from=1969-12-31', ['from']],
    ['to=9999-12-31', ['to']],
    ['to=20261122', ['to']],
    ['cursor=1795354', ['cursor']],
    ['from=2026-11-22T10:00:00', ['from']],
    ['from=2026-02-31T10:00:00Z', ['from']],
    ['from=2026-11-22T24:00:01Z', ['from']],
    ['from=2026-11-22T10:00:00+01:00', ['from']],
    ['from=%2B010000-01-01T00:00:00Z', ['from']],
    ['to=1795354765', ['to']],
    ['to=2026-13-01T00:00:00Z', ['to']],
    ['to=2026-11-22T10:00:00Z&to=2026-11-22T10:00:00Z', ['to']],
    ['limit=0&offset=-1&status=x&sort=id', ['limit', 'offset', 'status']],
  ])('?%s', (query, fields) =>
    expectProblem(shop.as(customer).get(`/orders?${query}`), 400, 'validation-failed', fields),
  );
});

describe('GET /orders says of a query', () => {
  const time = 'must be a date-time or a date (RFC 3339)';
  it.each([
    ['from=1795354765', `${time}, not "1795354765"`],
    ['to=yesterday', `${time}, not "yesterday"`],
    ['from=2026-11-22T10:00:00+02:00', `${time}, whose + is written as %2B, not "2026-11-22T10:00:00 02:00"`],
    ['from=true', `${time}, not "true"`],
    ['from=2026-11-22&from=2026-11-23', `${time}, not a list`],
    ['cursor=123', 'must match pattern "^[A-Za-z0-9_-]{8,64}$", not "123"'],
    ['status=7', expect.stringMatching(/^must be one of pending, .*, not "7"$/)],
    ['limit=1e1', 'must be integer, not "1e1"'],
    ['limit=0', 'must be >= 1, not 0'],
    ['all=1', 'must be boolean, not "1"'],
  ])('?%s what the rule is, and what was given', async (query, message) => {
    const { body } = await shop.as(customer).get(`/orders?${query}`).expect(400);
    expect(body.errors).toEqual([{ field: query.split('=')[0], message }]);
  });

  it('takes a number of digits alone for the order number that it is', async () => {
    const { body } = await shop.as(customer).get('/orders?cursor=1795354765').expect(400);
    expect(body.errors[0].message).toBe('must be the nextCursor of another page');
  });
});

describe('GET /orders/:orderNumber/events', () => {
  it.each(['', 'x', '-1', '1.5', '1e3', '0x1', '9'.repeat(16), '1, 2'])('after %p', (id) =>
    expectProblem(
      shop.as(customer).get(`/orders/${orderNumber}/events`).set('last-event-id', id),
      400,
      'validation-failed',
      ['Last-Event-ID'],
    ),
  );
});

describe('an order number that cannot be one is not there', () => {
  it.each([
    'nope',
    '%00',
    '0',
    'ABCDEFGH%00',
    'x'.repeat(8_000),
    "'%20OR%201=1--",
    '%F0%9F%92%A9',
    '__proto__',
  ])('%.20s', async (number) => {
    const user = shop.as(customer);
    await expectProblem(user.get(`/orders/${number}`), 404, 'order-not-found');
    await expectProblem(user.get(`/orders/${number}/checkout`), 404, 'order-not-found');
    await expectProblem(user.get(`/orders/${number}/events`), 404, 'order-not-found');
    await expectProblem(user.post(`/orders/${number}/cancel`), 404, 'order-not-found');
  });
});

describe('a request that is not well-formed', () => {
  it.each([
    ['{', 'broken JSON', 400, 'malformed-json', undefined],
    ['{"productId":1,"qty":1}}', 'JSON and more', 400, 'malformed-json', undefined],
    ["{'productId':1}", 'other quotes', 400, 'malformed-json', undefined],
    ['{"productId":NaN,"qty":1}', 'NaN', 400, 'malformed-json', undefined],
    [`"${'x'.repeat(110_000)}"`, 'more than 100 kB', 413, 'body-too-large', undefined],
  ] as const)('%.25s: %s', (body, _name, status, code, fields) =>
    expectProblem(sendRaw('post', '/cart', body), status, code, fields),
  );

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonx',
    'application/json; charset=latin1',
  ])('as %s', async (type) => {
    const body = '{"productId":1,"qty":1}';
    await expectProblem(sendRaw('post', '/cart', body, type), 415, 'unsupported-media-type');
    await expectProblem(sendRaw('post', '/orders', '{}', type), 415, 'unsupported-media-type');
    await expectProblem(sendRaw('patch', `/cart/${line}`, '{"qty":2}', type), 415, 'unsupported-media-type');
  });

  it('with an encoding that nobody knows', () =>
    expectProblem(
      sendRaw('post', '/cart', '{"productId":1,"qty":1}').set('content-encoding', 'rot13'),
      415,
      'unsupported-media-type',
    ));

  it('said to be gzip, and is not', () =>
    expectProblem(
      sendRaw('post', '/cart', '{"productId":1,"qty":1}').set('content-encoding', 'gzip'),
      400,
      'malformed-request',
    ));

  it('with a path that cannot be decoded', () =>
    expectProblem(shop.as(customer).get('/orders/%zz'), 400, 'malformed-request'));

  it.each([
    ['get', '/orders/ABCDEFGH/refund'],
    ['get', '/nothing'],
  ] as const)('%s %s is no route', (method, path) =>
    expectProblem(shop.as(customer)[method](path), 404, 'route-not-found'),
  );

  it.each([
    ['put', '/cart'],
    ['delete', '/cart'],
    ['delete', '/orders/ABCDEFGH'],
    ['post', '/orders/ABCDEFGH/events'],
  ] as const)('%s %s is no method of it', (method, path) =>
    expectProblem(shop.as(customer)[method](path), 405, 'method-not-allowed'),
  );
});

it('none of this changed anything, or was a fault of the service', async () => {
  expect(await state()).toEqual(before);
  expect(shop.logs.filter(({ level }) => level >= 50)).toEqual([]);
});
