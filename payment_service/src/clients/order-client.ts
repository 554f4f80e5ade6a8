import { type CheckoutReply, fields, orderStatuses } from '@shop/contracts';
import { AppError, createHttpClient, type ErrorKind, type HttpReply, type Metrics } from '@shop/service-kit';
import type { OrderClient, OrderToPay } from '../domain/orders.ts';
import { readTraceparent } from './traceparent.ts';

export function createOrderClient(baseUrl: string, metrics: Metrics): OrderClient {
  const http = createHttpClient({ name: 'order_service', baseUrl, metrics });
  return {
    checkout: async (orderNumber, token) => {
      const path = `/orders/${encodeURIComponent(orderNumber)}/checkout`;
      const reply = await http.send({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } });
      if (reply.status !== 200) throw refusal(reply);
      return readCheckout(reply.body);
    },
  };
}

const kinds: Readonly<Record<number, ErrorKind>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  429: 'too-many-requests',
};

/** Its problem document, passed on as this service's own. */
function refusal({ status, body, headers }: HttpReply): AppError {
  const kind = kinds[status];
  const { code, detail, reason } = (body ?? {}) as { code?: unknown; detail?: unknown; reason?: unknown };
  if (kind === undefined || typeof code !== 'string' || typeof detail !== 'string') {
    return notUnderstood(`answered ${status}`);
  }
  const retryAfter = /^\d{1,9}$/.exec(headers.get('retry-after') ?? '')?.[0];
  return new AppError(kind, code, detail, {
    ...(retryAfter !== undefined && { retryAfter: Number(retryAfter) }),
    // Why an order was cancelled.
    ...(typeof reason === 'string' && { details: { reason } }),
  });
}

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

function notUnderstood(what: string): AppError {
  const message = 'order_service does not answer as agreed. Try again in a moment.';
  const cause = new Error(`order_service ${what}`);
  return new AppError('unavailable', 'order-service-unavailable', message, { cause, retryAfter: 1 });
}
