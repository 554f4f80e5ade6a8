import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@shop/testing';

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever was answered
  readonly body: any;
}

export interface Customer {
  readonly email: string;
  /** None of a guest. */
  readonly password: string;
  /** The header that shows who it is. */
  readonly authorization: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** So many pieces of a product that the cart does not have yet. */
  putIntoCart(productId: number, qty: number): Promise<Reply>;
  /** With a key, so that a repeat after a reply that came too late makes no second order. */
  placeOrder(): Promise<Reply>;
  /** Cart and order in one go; the order's number. */
  order(productId: number, qty?: number): Promise<string>;
  status(orderNumber: string): Promise<OrderSeen>;
  /** Waits until the order has one of these statuses, and gives it. */
  reaches(orderNumber: string, ...statuses: string[]): Promise<string>;
  /** Pays an order that is processing. */
  pay(orderNumber: string, card?: string): Promise<Reply>;
}

interface OrderSeen {
  readonly status: string;
  readonly reason: string | null;
  readonly fulfilment: string;
  readonly shipments: readonly { readonly lines: readonly { readonly qty: number }[] }[];
}

export interface Customers {
  /** With an account; it is that of a guest who registers, if one is given. */
  customer(guest?: Customer): Promise<Customer>;
  /** Buys without an account. */
  guest(): Promise<Customer>;
  admin(): Promise<Customer>;
  /** A new product with so many pieces; its id. */
  product(stock: number, price?: number): Promise<number>;
  stockOf(productId: number): Promise<number>;
  /** What the merchant does at Stripe, in its dashboard; or, of disputes, the customer's bank. */
  atStripe(path: string, body: Record<string, string>): Promise<Reply>;
}

interface Urls {
  readonly storefront: string;
  readonly stripe: string;
}

/** Customers who use the shop as a storefront does: through the gateway, and Stripe for the card. */
export function createCustomers({ storefront, stripe }: Urls): Customers {
  const api = `${storefront}/api`;
  let admin: Promise<Customer> | undefined;

  /** A busy shop answers 503 and says when to ask again: a storefront does, and so do these customers. */
  async function request(url: string, init: RequestInit): Promise<Reply> {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(url, init);
      const text = await response.text();
      const retryAfter = response.headers.get('retry-after');
      if (response.status !== 503 || retryAfter === null || attempt === 20) {
        return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
      }
      await delay(Number(retryAfter) * 1_000);
    }
  }

  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    request(`${api}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  async function logIn(email: string, password: string): Promise<Customer> {
    const newToken = async (): Promise<string> => {
      const login = await call('POST', '/login', { email, password });
      // One whose answer was lost has changed nothing that a second would not change again.
      if (login.status === 504) return newToken();
      if (login.status !== 200) throw new Error(`login: ${JSON.stringify(login)}`);
      return login.body.token;
    };
    return withToken(await newToken(), { email, password }, newToken);
  }

  /** @param newToken when this one has expired: a run of faults may be longer */
  function withToken(
    token: string,
    { email, password }: Pick<Customer, 'email' | 'password'>,
    newToken?: () => Promise<string>,
  ): Customer {
    let authorization = `Bearer ${token}`;
    const own: Customer['call'] = async (method, path, body, headers) => {
      const send = () => call(method, path, body, { authorization, ...headers });
      const reply = await send();
      if (reply.status !== 401 || newToken === undefined) return reply;
      authorization = `Bearer ${await newToken()}`;
      return send();
    };
    const status: Customer['status'] = async (orderNumber) =>
      (await own('GET', `/orders/${orderNumber}`)).body;
    const putIntoCart: Customer['putIntoCart'] = async (productId, qty) => {
      const added = await own('POST', '/cart', { productId, qty });
      if (added.status !== 504) return added;
      const { lines } = (await own('GET', '/cart')).body;
      const line = lines.find((each: { productId: number }) => each.productId === productId);
      return line === undefined ? putIntoCart(productId, qty) : { status: 201, body: line };
    };
    const placeOrder = () => own('POST', '/orders', {}, { 'idempotency-key': randomUUID() });
    return {
      email,
      password,
      get authorization() {
        return authorization;
      },
      call: own,
      putIntoCart,
      placeOrder,
      status,
      order: async (productId, qty = 1) => {
        const cart = await putIntoCart(productId, qty);
        const order = await placeOrder();
        if (order.status !== 201) throw new Error(`order: ${JSON.stringify([cart, order])}`);
        return order.body.orderNumber;
      },
      reaches: (orderNumber, ...statuses) =>
        waitFor(
          async () => {
            const { status: now } = await status(orderNumber);
            return statuses.includes(now) && now;
          },
          {
            timeoutMs: Math.max(15_000, Number(process.env['SHOP_TEST_PATIENCE_MS'] ?? 0)),
            what: `${orderNumber} to be ${statuses.join(' or ')}`,
          },
        ),
      pay: async (orderNumber, card = 'pm_card_visa') => {
        const created = await own('POST', '/create-payment', { orderNumber });
        if (created.status !== 200) throw new Error(`create-payment: ${JSON.stringify(created)}`);
        const { paymentId, secret, pubKey } = created.body.data;
        return request(`${stripe}/v1/payment_intents/${paymentId}/confirm`, {
          method: 'POST',
          body: new URLSearchParams({ key: pubKey, client_secret: secret, payment_method: card }),
        });
      },
    };
  }

  const admins = () => {
    admin ??= logIn('admin@shop.test', 'admin-password');
    return admin;
  };

  return {
    admin: admins,
    customer: async (guest) => {
      const email = `${randomUUID()}@shop.test`;
      const password = randomUUID();
      const account = { username: 'Customer', email, password };
      const register = () => (guest?.call ?? call)('POST', '/register', account);
      let registered = await register();
      // Perhaps it has been done: nobody else has this email.
      while (registered.status === 504) registered = await register();
      if (![201, 409].includes(registered.status)) throw new Error(`register: ${JSON.stringify(registered)}`);
      return logIn(email, password);
    },
    guest: async () => {
      const made = await call('POST', '/guest');
      if (made.status !== 201) throw new Error(`guest: ${JSON.stringify(made)}`);
      return withToken(made.body.token, { email: '', password: '' });
    },
    product: async (stock, price = 1_250) => {
      const product = { name: `Test piece ${randomUUID()}`, description: 'For a test.', price, stock };
      const create = async () => (await admins()).call('POST', '/products', product);
      let created = await create();
      // Perhaps it has been done: then there is one more, which nobody buys.
      while (created.status === 504) created = await create();
      if (created.status !== 201) throw new Error(`product: ${JSON.stringify(created)}`);
      return created.body.id;
    },
    atStripe: (path, body) => {
      const headers = { authorization: 'Bearer sk_test_offline' };
      return request(`${stripe}/v1/${path}`, { method: 'POST', headers, body: new URLSearchParams(body) });
    },
    stockOf: async (productId) =>
      (await call('POST', '/products/stock', { ids: [productId] })).body.items[0].stock,
  };
}
