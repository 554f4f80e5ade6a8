import { setTimeout as delay } from 'node:timers/promises';
import { type CheckoutReply, checkoutReplySchema } from '@shop/contracts';
import { createHttpClient, type HttpReply, type Metrics, type Problem } from '@shop/service-kit';
import { Ajv } from 'ajv';
import { problem, problems } from '../problems.ts';

export type OrderClient = ReturnType<typeof createOrderClient>;

export function createOrderClient(urls: readonly string[], metrics: Metrics) {
  const unavailable = (cause: unknown) => problem('order-service-unavailable', { cause });
  const http = createHttpClient({ name: 'order_service', urls, metrics, unavailable });
  const unexpected = ({ status }: HttpReply) =>
    unavailable(new Error(`unexpected reply with status ${status}`));
  const isCheckoutReply = new Ajv().compile<CheckoutReply>(checkoutReplySchema);
  return {
    /**
     * The order as it is to be paid, seen with the customer's own token.
     * @throws Problem as order_service refused (`order-not-found`, `stock-pending`, `order-cancelled`,
     * `order-completed`, `nothing-to-pay`, ...), or `order-service-unavailable`
     */
    checkout: async (orderNumber: string, token: string): Promise<CheckoutReply> => {
      const path = `/orders/${encodeURIComponent(orderNumber)}/checkout`;
      const reply = await http.send({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } });
      if (reply.status === 200 && isCheckoutReply(reply.body)) return reply.body;
      throw refusalOf(reply) ?? unexpected(reply);
    },
    /**
     * Resolves when one of the caller's orders has this payment. An order learns of its payment by an event, which may take
     * a moment.
     * @throws Problem `payment-not-found`, or `order-service-unavailable`
     */
    requirePayment: async (paymentId: string, token: string): Promise<void> => {
      const path = `/payments/${encodeURIComponent(paymentId)}`;
      for (const pauseMs of [100, 400, 0]) {
        const reply = await http.send({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } });
        // An order_service of the release before has no such route.
        if (reply.status === 200 || codeOf(reply) === 'route-not-found') return;
        if (codeOf(reply) !== 'payment-not-found') throw refusalOf(reply) ?? unexpected(reply);
        await delay(pauseMs);
      }
      throw problem('payment-not-found');
    },
  };
}

const codeOf = ({ body }: HttpReply) => (body as { code?: unknown } | undefined)?.code;

/** The problem document of order_service as this service's own; undefined when it is none. */
function refusalOf({ body, headers }: HttpReply): Problem | undefined {
  const { code, detail, reason } = (body ?? {}) as { code?: unknown; detail?: unknown; reason?: unknown };
  if (!isKnown(code) || typeof detail !== 'string') return undefined;
  const retryAfter = /^\d{1,9}$/.exec(headers['retry-after'] ?? '')?.[0];
  return problem(code, {
    detail,
    ...(retryAfter !== undefined && { retryAfter: Number(retryAfter) }),
    // Why an order was cancelled.
    ...(typeof reason === 'string' && { reason }),
  });
}

const isKnown = (code: unknown): code is keyof typeof problems =>
  typeof code === 'string' && Object.hasOwn(problems, code);
