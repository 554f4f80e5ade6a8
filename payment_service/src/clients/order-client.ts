import { type CheckoutReply, fields, orderStatuses } from '@shop/contracts';
import { createHttpClient, type HttpReply, type Metrics, type Problem } from '@shop/service-kit';
import type { OrderClient, OrderToPay } from '../domain/orders.ts';
import { problem, problems } from '../problems.ts';
import { readTraceparent } from './traceparent.ts';

export function createOrderClient(baseUrl: string, metrics: Metrics): OrderClient {
  const unavailable = (cause: unknown) => problem('order-service-unavailable', { cause });
  const http = createHttpClient({ name: 'order_service', baseUrl, metrics, unavailable });
  return {
    checkout: async (orderNumber, token) => {
      const path = `/orders/${encodeURIComponent(orderNumber)}/checkout`;
      const reply = await http.send({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } });
      if (reply.status !== 200) throw refusal(reply);
      return readCheckout(reply.body);
    },
  };
}

/** Its problem document, passed on as this service's own. */
function refusal({ status, body, headers }: HttpReply): Problem {
  const { code, detail, reason } = (body ?? {}) as { code?: unknown; detail?: unknown; reason?: unknown };
  if (!isKnown(code) || typeof detail !== 'string') return notUnderstood(`answered ${status}`);
  const retryAfter = /^\d{1,9}$/.exec(headers.get('retry-after') ?? '')?.[0];
  return problem(code, {
    detail,
    ...(retryAfter !== undefined && { retryAfter: Number(retryAfter) }),
    // Why an order was cancelled.
    ...(typeof reason === 'string' && { reason }),
  });
}

const isKnown = (code: unknown): code is keyof typeof problems =>
  typeof code === 'string' && Object.hasOwn(problems, code);

function readCheckout(body: unknown): OrderToPay {
  if (!isCheckout(body)) throw notUnderstood('answered a checkout that does not fit its schema');
  const { orderNumber, amount, currency, status, customerId, paymentId } = body;
  const { traceparent } = body as { traceparent?: unknown };
  return {
    checkout: { orderNumber, amount, currency, status, customerId, paymentId },
    traceparent: readTraceparent(traceparent),
  };
}

const patterns = {
  orderNumber: new RegExp(fields.orderNumber.pattern),
  currency: new RegExp(fields.currency.pattern),
};

function isCheckout(body: unknown): body is CheckoutReply {
  if (typeof body !== 'object' || body === null) return false;
  const { orderNumber, amount, currency, status, customerId, paymentId } = body as Record<string, unknown>;
  return (
    typeof orderNumber === 'string' &&
    patterns.orderNumber.test(orderNumber) &&
    isInteger(amount, fields.amount) &&
    typeof currency === 'string' &&
    patterns.currency.test(currency) &&
    orderStatuses.some((known) => known === status) &&
    isInteger(customerId, fields.id) &&
    (paymentId === null || typeof paymentId === 'string')
  );
}

function isInteger(value: unknown, { minimum, maximum }: { minimum: number; maximum: number }): boolean {
  return Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
}

function notUnderstood(what: string): Problem {
  return problem('order-service-unavailable', {
    detail: 'order_service does not answer as agreed. Try again in a moment.',
    cause: new Error(`order_service ${what}`),
  });
}
