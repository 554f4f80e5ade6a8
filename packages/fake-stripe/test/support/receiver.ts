import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { SECRET } from './stripe-harness.ts';

export interface Receiver {
  url: string;
  /** Every call, in order of arrival, verified by the SDK; whatever it was answered. */
  events: Stripe.Event[];
  types: () => string[];
  /** The next so many calls are answered 500. */
  failNext: (calls: number) => void;
  stop: () => Promise<void>;
}

/** A webhook endpoint that accepts only what carries a valid signature. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const events: Stripe.Event[] = [];
  let failing = 0;
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const signature = String(req.headers['stripe-signature']);
    events.push(Stripe.webhooks.constructEvent(Buffer.concat(chunks), signature, SECRET));
    res.writeHead(failing > 0 ? 500 : 200).end();
    failing = Math.max(0, failing - 1);
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`,
    events,
    types: () => events.map((event) => event.type),
    failNext: (calls) => {
      failing = calls;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
