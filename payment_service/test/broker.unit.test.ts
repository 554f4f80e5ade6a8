import type { WireEvent } from '@shop/messaging';
import type { PaymentNews } from '../src/domain/payment.ts';
import { createPaymentPublisher } from '../src/services/broker.service.ts';

const payment: PaymentNews = {
  id: 'pi_1',
  status: 'succeeded',
  amount: 1_200,
  currency: 'usd',
  clientSecret: 'pi_1_secret_x',
  metadata: { orderNumber: 'ord-12345678', customerId: 7 },
  failure: undefined,
  log: '{}',
};

const metrics = { published: () => {} };

function busThat(publish: (event: WireEvent) => Promise<void>) {
  const notUsed = () => Promise.reject(new Error('not used'));
  return { publish, subscribe: notUsed, deadLetter: notUsed, check: notUsed, close: notUsed };
}

it.each<[string, Partial<PaymentNews>]>([
  ['pi_1:succeeded', {}],
  ['pi_1:failed:ch_9', { status: 'failed', failure: 'ch_9' }],
  ['pi_1:failed:unknown', { status: 'failed', failure: undefined }],
  // Declined once, paid now: the old decline is no part of the news.
  ['pi_1:succeeded', { failure: 'ch_9' }],
  ['pi_1:succeeded:re_1', { failedRefund: 're_1' }],
  // Given back by another refund meanwhile.
  ['pi_1:refunded', { status: 'refunded', failedRefund: 're_1' }],
])('says %s on the topic of orders, and not the client secret', async (id, change) => {
  const sent: WireEvent[] = [];
  const publish = createPaymentPublisher({ bus: busThat(async (event) => void sent.push(event)), metrics });

  await publish({ ...payment, ...change });

  expect(sent).toMatchObject([
    { topic: 'OrderEvents', key: 'ord-12345678', headers: { ce_id: id, ce_type: 'CREATE_PAYMENT' } },
  ]);
  expect(String(sent[0]?.value)).not.toContain('secret');
});

it('gives up after its limit', async () => {
  const publish = createPaymentPublisher({ bus: busThat(() => new Promise(() => {})), metrics, limitMs: 20 });

  await expect(publish(payment)).rejects.toMatchObject({
    status: 503,
    code: 'events-unavailable',
    retryAfter: 1,
    cause: expect.objectContaining({ isTaskCancelledError: true }),
  });
});
