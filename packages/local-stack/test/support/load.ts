import { randomUUID } from 'node:crypto';
import { request } from 'undici';
import type { Customer } from './customers.ts';

/** By undici itself, as `fetch` refuses the user service's port. */
export async function answersReady(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(`${url}/readyz`);
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

/** Customers who shop without a pause, and what became of each of their requests. */
export function putUnderLoad(api: string, productId: number, customers: readonly Customer[]) {
  const failed: string[] = [];
  let answered = 0;
  let stopped = false;

  async function ask(method: string, path: string, by: Customer, body?: unknown) {
    const headers = {
      'content-type': 'application/json',
      authorization: by.authorization,
      'idempotency-key': randomUUID(),
    };
    try {
      const reply = await fetch(`${api}${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await reply.text();
      // An order whose stock is not reserved yet cannot be paid yet.
      if (reply.status >= 500) failed.push(`${method} ${path}: ${reply.status} ${text}`);
      else answered += 1;
      return JSON.parse(text || '{}');
    } catch (error) {
      failed.push(`${method} ${path}: ${(error as Error).cause ?? error}`);
      return {};
    }
  }

  const shopping = customers.map(async (customer) => {
    while (!stopped) {
      await ask('GET', '/products?search=piece', customer);
      await ask('GET', `/products/${productId}`, customer);
      await ask('POST', '/cart', customer, { productId, qty: 1 });
      const { orderNumber } = await ask('POST', '/orders', customer, {});
      await ask('POST', '/login', customer, { email: customer.email, password: 'a-wrong-password' });
      await ask('GET', `/orders/${orderNumber}`, customer);
      await ask('POST', '/create-payment', customer, { orderNumber });
    }
  });
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(shopping);
      return { answered, failed };
    },
  };
}
