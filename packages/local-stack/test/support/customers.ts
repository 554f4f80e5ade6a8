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
  /** The header that shows who it is. */
  readonly authorization: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Cart and order in one go; the order's number. */
  order(productId: number, qty?: number): Promise<string>;
  status(orderNumber: string): Promise<{ status: string; reason: string | null }>;
  /** Waits until the order has one of these statuses, and gives it. */
  reaches(orderNumber: string, ...statuses: string[]): Promise<string>;
  /** Pays an order that is processing. */
  pay(orderNumber: string, card?: string): Promise<Reply>;
}

export interface Customers {
  customer(): Promise<Customer>;
  admin(): Promise<Customer>;
  /** A new product with so many pieces; its id. */
  product(stock: number, price?: number): Promise<number>;
  stockOf(productId: number): Promise<number>;
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
    const login = await call('POST', '/login', { email, password });
    if (login.status !== 200) throw new Error(`login: ${JSON.stringify(login)}`);
    const authorization = `Bearer ${login.body.token}`;
    const own: Customer['call'] = (method, path, body, headers) =>
      call(method, path, body, { authorization, ...headers });
    const status: Customer['status'] = async (orderNumber) =>
      (await own('GET', `/orders/${orderNumber}`)).body;
    return {
      email,
      authorization,
      call: own,
      status,
      order: async (productId, qty = 1) => {
        const cart = await own('POST', '/cart', { productId, qty });
        const order = await own('POST', '/orders', {});
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
    customer: async () => {
      const email = `${randomUUID()}@shop.test`;
      const password = randomUUID();
      const registered = await call('POST', '/register', { username: 'Customer', email, password });
      if (registered.status !== 201) throw new Error(`register: ${JSON.stringify(registered)}`);
      return logIn(email, password);
    },
    product: async (stock, price = 1_250) => {
      const product = { name: `Test piece ${randomUUID()}`, description: 'For a test.', price, stock };
      const created = await (await admins()).call('POST', '/products', product);
      if (created.status !== 201) throw new Error(`product: ${JSON.stringify(created)}`);
      return created.body.id;
    },
    stockOf: async (productId) =>
      (await call('POST', '/products/stock', { ids: [productId] })).body.items[0].stock,
  };
}
