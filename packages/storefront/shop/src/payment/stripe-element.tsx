import type { Stripe, StripeElements } from '@stripe/stripe-js';
import { loadStripe } from '@stripe/stripe-js/pure';
import { useMutation } from '@tanstack/preact-query';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Declined } from '../failure.ts';
import { formatMoney } from '../money.ts';
import { Form, Submit, type Typed } from '../parts/form.tsx';
import type { PaymentFormProps } from './payment.tsx';

/** Stripe's Payment Element: the card's number never comes to this page. */
export default function StripeElement({ payment, onPaid }: PaymentFormProps) {
  const box = useRef<HTMLDivElement>(null);
  const [form, setForm] = useState<{ stripe: Stripe; elements: StripeElements }>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const open = async () => {
      const stripe = await loadStripe(payment.pubKey);
      if (!stripe || !payment.secret || !box.current) return;
      const elements = stripe.elements({
        clientSecret: payment.secret,
        appearance: { variables: { colorPrimary: '#1f4d3a' } },
      });
      elements.create('payment').mount(box.current);
      setForm({ stripe, elements });
    };
    open().catch(setError);
  }, [payment.secret]);
  const pay = useMutation({
    mutationFn: async (_: Typed) => {
      if (!form) return;
      const confirmParams = { return_url: location.href };
      const { error: refusal } = await form.stripe.confirmPayment({
        elements: form.elements,
        confirmParams,
        redirect: 'if_required',
      });
      if (refusal) throw new Declined(refusal.message ?? 'Your bank has refused it.');
      await onPaid();
    },
  });
  return (
    <Form sending={{ ...pay, isPending: pay.isPending || !form, error: error ?? pay.error }}>
      <div ref={box} />
      <div class="row">
        <Submit>Pay {formatMoney(payment.amount, payment.currency)}</Submit>
      </div>
    </Form>
  );
}
