import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { EventData, PaymentFacts } from '@shop/contracts';
import { requirePeer } from '@shop/service-kit';
import express from 'express';

export interface FakePayments {
  readonly url: string;
  readonly secret: string;
  /** Not answered: 503, as while Stripe is unavailable. */
  available: boolean;
  /** Every payment that was asked for. */
  readonly asked: string[];
  /** What Stripe says from now on. */
  know(payment: EventData<'CREATE_PAYMENT'>): void;
  close(): Promise<void>;
}

/** `GET /payments/:id` as payment_service answers it to order_service. */
export async function startFakePayments(): Promise<FakePayments> {
  const known = new Map<string, PaymentFacts>();
  const secret = 'a secret that only services of this test know';

  const app = express();
  app.get('/timeline/:orderNumber', (_req, res) => void res.json({ items: [] }));
  app.get('/payments/:id', requirePeer([secret], ['order_service'], 'payment_service'), (req, res) => {
    const id = String(req.params['id']);
    payments.asked.push(id);
    const facts = known.get(id);
    if (!payments.available) res.status(503).json({ code: 'stripe-unavailable' });
    else if (facts === undefined) res.status(404).json({ code: 'payment-not-found' });
    else res.json(facts);
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const payments: FakePayments = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secret,
    available: true,
    asked: [],
    know: ({ paymentId, orderNumber, status, amount, currency, refunds = [] }) => {
      const made = refunds.flatMap(({ id, ...refund }) =>
        id === undefined ? [] : [{ id, amount: refund.amount, status: refund.status }],
      );
      known.set(paymentId, { paymentId, orderNumber, status, amount, currency, refunds: made });
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return payments;
}
