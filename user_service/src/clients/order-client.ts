import {
  type Forgotten,
  forgottenSchema,
  type OpenOrders,
  type OrderPage,
  openOrdersSchema,
  orderPageSchema,
} from '@shop/contracts';
import { createHttpClient, type HttpRequest, type Metrics } from '@shop/service-kit';
import { Ajv } from 'ajv';
import { problem } from '../problems.ts';

export type OrderClient = ReturnType<typeof createOrderClient>;

/** Orders beyond it are not exported; a cursor says where to go on. */
const mostPages = 20;
const pageSize = 100;

/** @param options.token makes one for order_service */
export function createOrderClient(options: {
  readonly urls: readonly string[];
  readonly token: () => string;
  readonly metrics: Metrics;
}) {
  const { urls, token, metrics } = options;
  const ajv = new Ajv();
  const isForgotten = ajv.compile<Forgotten>(forgottenSchema);
  const isOpenOrders = ajv.compile<OpenOrders>(openOrdersSchema);
  const isOrderPage = ajv.compile<OrderPage>(orderPageSchema);

  // Of many users at once, and nobody waits for it.
  const patient = { attemptMs: 4_000, totalMs: 10_000 };
  const stays = (cause: unknown) =>
    new Error('order_service does not say whom it has forgotten: none is deleted', { cause });
  const jobs = createHttpClient({ name: 'order_service', urls, metrics, unavailable: stays, ...patient });
  const unavailable = (cause: unknown) => problem('order-service-unavailable', { cause });
  // With a breaker of its own, so that a slow job refuses no user.
  const users = createHttpClient({ name: 'order_service for users', urls, metrics, unavailable });

  const headers = () => ({ authorization: `Bearer ${token()}` });
  const forget = async (path: string, ids: readonly number[]): Promise<readonly number[]> => {
    const { status, body } = await jobs.send({ method: 'POST', path, headers: headers(), body: { ids } });
    if (status === 200 && isForgotten(body)) return body.ids;
    throw stays(new Error(`unexpected reply with status ${status}`));
  };
  const read = async <T>(request: HttpRequest, isReply: (body: unknown) => body is T): Promise<T> => {
    if (urls.length === 0) throw unavailable(new Error('ORDER_SERVICE_URL is not set'));
    const { status, body } = await users.send(request);
    if (status === 200 && isReply(body)) return body;
    throw unavailable(new Error(`unexpected reply with status ${status}`));
  };

  return {
    /**
     * Has order_service forget those who have no orders.
     * @returns their ids
     * @throws Error when it does not answer, or not as agreed
     */
    forgetGuests: (ids: readonly number[]) => forget('/guests/forget', ids),
    /**
     * Has order_service forget who those are that have no open orders.
     * @returns their ids
     * @throws Error when it does not answer, or not as agreed
     */
    forgetCustomers: (ids: readonly number[]) => forget('/customers/forget', ids),
    /**
     * The numbers of orders that have not come to an end, the newest ones.
     * @throws Problem `order-service-unavailable`
     */
    openOrdersOf: async (id: number): Promise<readonly string[]> => {
      const path = `/customers/${id}/open-orders`;
      return (await read({ method: 'GET', path, headers: headers() }, isOpenOrders)).orderNumbers;
    },
    /**
     * The orders that the user of an access token has, as order_service shows them, the newest ones.
     * @throws Problem `order-service-unavailable`
     */
    ordersOf: async (accessToken: string): Promise<OrderPage> => {
      const items: OrderPage['items'] = [];
      let nextCursor: string | null = null;
      for (let page = 0; page < mostPages && (page === 0 || nextCursor !== null); page += 1) {
        const query: string = nextCursor === null ? '' : `&cursor=${encodeURIComponent(nextCursor)}`;
        const found: OrderPage = await read(
          {
            method: 'GET',
            path: `/orders?limit=${pageSize}${query}`,
            headers: { authorization: `Bearer ${accessToken}` },
          },
          isOrderPage,
        );
        items.push(...found.items);
        nextCursor = found.nextCursor;
      }
      return { items, nextCursor };
    },
  };
}
