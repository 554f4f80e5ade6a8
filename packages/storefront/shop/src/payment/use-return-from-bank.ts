import { useEffect } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import { shop } from '../api.ts';

/**
 * A bank that asks first does so on a page of its own, from where the customer comes back with the outcome in the address.
 * It is taken from there at once, as it has the secret of the payment.
 * @returns whether the bank has refused
 */
export function useReturnFromBank(): boolean {
  const [params, setParams] = useSearchParams();
  const paymentId = params.get('payment_intent');
  useEffect(() => {
    if (paymentId === null) return;
    setParams(params.get('redirect_status') === 'failed' ? { refused: '1' } : {}, { replace: true });
    // For the case that Stripe's own message to the shop is late. The stream of the order tells what came of it.
    void shop.verifyPayment({ id: paymentId });
  }, [paymentId]);
  return params.has('refused');
}
