import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CheckoutReply } from '@shop/contracts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
  /** Without looking at who asks. */
  readonly toEverybody?: boolean;
}

/** order_service as payment sees it: `GET /orders/:orderNumber/checkout`, `GET /payments/:id`, and what was asked. */
export async function startFakeOrders() {
  const answers = new Map<string, Answer>();
  const requests: { path: string; headers: IncomingMessage['headers'] }[] = [];

  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers });
    const [, orderNumber = ''] = /^\/orders\/([^/]+)\/checkout$/.exec(request.url ?? '') ?? [];
    const [, paymentId] = /^\/payments\/([^/]+)$/.exec(request.url ?? '') ?? [];
    const answer = paymentId === undefined ? answers.get(orderNumber) : ofPayment(paymentId);
    const absent = paymentId === undefined ? notFound : noPayment;
    send(response, answer !== undefined && mayRead(request, answer) ? answer : absent);
  }).listen(0, '127.0.0.1');
  const ofPayment = (paymentId: string): Answer | undefined =>
    answers.get(paymentId) ??
    [...answers.values()].find(({ body }) => (body as CheckoutReply).paymentId === paymentId);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    /** A new order that can be paid. */
    place(order: Partial<Omit<CheckoutReply, 'traceparent'>> & { readonly traceparent?: unknown } = {}) {
      const placed = {
        orderNumber: `ord-${randomUUID()}`,
        amount: 4_250,
        currency: 'usd',
        status: 'processing' as const,
        customerId: 7,
        paymentId: null,
        ...order,
      };
      answers.set(placed.orderNumber, { status: 200, body: placed });
      return placed;
    },
    answer(orderNumber: string, answer: Answer): void {
      answers.set(orderNumber, answer);
    },
    async close(): Promise<void> {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const notFound = problem(404, 'order-not-found');
const noPayment = problem(404, 'payment-not-found');

export function problem(status: number, code: string, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: { status, code, title: code, detail: `It is ${code}.` } };
}

/** As order_service does it: somebody else's order is not there. */
function mayRead({ headers }: IncomingMessage, { status, body, toEverybody = false }: Answer): boolean {
  const [, payload = ''] = headers.authorization?.split('.') ?? [];
  const { id } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { id: number };
  return toEverybody || status !== 200 || (body as CheckoutReply).customerId === id;
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
}
