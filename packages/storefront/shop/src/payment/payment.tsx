import { orThrow } from '@shop/client';
import { useQuery } from '@tanstack/preact-query';
import { lazy, Suspense } from 'preact/compat';
import { type Order, type Payment, shop } from '../api.ts';
import { Waiting } from '../parts/loaded.tsx';
import { Problem } from '../parts/problem.tsx';
import { useSettings } from '../settings.ts';

const StripeElement = lazy(() => import('./stripe-element.tsx'));
const OfflineCard = lazy(() => import('./offline-card.tsx'));

export interface PaymentFormProps {
  readonly payment: Payment;
  /** The bank has said yes: the order follows in a moment. */
  readonly onPaid: () => Promise<void>;
}

interface Props {
  readonly order: Order;
  /** The customer comes from the bank, which has said no. */
  readonly refused: boolean;
}

/** Takes the money for an order: by Stripe's own form, or, without an account at Stripe, by one of its test cards. */
export function PaymentSection({ order: { orderNumber }, refused }: Props) {
  const { data: settings } = useSettings();
  const { data, error, refetch } = useQuery({
    queryKey: ['payment', orderNumber],
    queryFn: () => orThrow(shop.createPayment({ body: { orderNumber } })),
    staleTime: 'static',
  });
  const payment = data?.data;
  const onPaid = async () => {
    if (payment) await orThrow(shop.verifyPayment({ id: payment.paymentId }));
  };
  const offlineUrl = settings?.stripe.offlineUrl;
  return (
    <section class="card stack" aria-labelledby="payment">
      <h2 id="payment">Payment</h2>
      {refused && <p class="note bad">Your bank has refused it. Nothing was charged: try another card.</p>}
      <Problem error={error} onRetry={() => void refetch()} />
      {offlineUrl === '' && <p class="note warn">This shop takes no payments yet.</p>}
      {payment && settings && (
        <Suspense fallback={<Waiting />}>
          {settings.stripe.publishableKey !== undefined && (
            <StripeElement payment={payment} onPaid={onPaid} />
          )}
          {offlineUrl && <OfflineCard url={offlineUrl} payment={payment} onPaid={onPaid} />}
        </Suspense>
      )}
    </section>
  );
}
