import { useMutation } from '@tanstack/preact-query';
import { Declined } from '../failure.ts';
import { formatMoney } from '../money.ts';
import { Field, Form, Submit, type Typed } from '../parts/form.tsx';
import type { PaymentFormProps } from './payment.tsx';

/** Stripe's test cards (https://docs.stripe.com/testing), as the offline Stripe knows them. */
const cards: Readonly<Record<string, readonly [method: string, text: string]>> = {
  '4242424242424242': ['pm_card_visa', 'is accepted'],
  '4000000000000002': ['pm_card_visa_chargeDeclined', 'is declined'],
  '4000000000009995': ['pm_card_visa_chargeDeclinedInsufficientFunds', 'has insufficient funds'],
  '4000002500003155': ['pm_card_authenticationRequired', 'asks the bank first'],
};

/** What the offline Stripe answers, as Stripe does. */
interface Confirmed {
  readonly status?: string;
  readonly next_action?: { readonly redirect_to_url?: { readonly url: string } } | null;
  readonly error?: { readonly message: string };
}

/** Stands for Stripe's form where there is no account at Stripe: what Stripe.js sends, this sends to the offline one. */
export default function OfflineCard({ url, payment, onPaid }: PaymentFormProps & { readonly url: string }) {
  const pay = useMutation({
    mutationFn: async (typed: Typed) => {
      const [method] = cards[(typed['number'] ?? '').replaceAll(' ', '')] ?? [];
      if (method === undefined) throw new Declined('Only the test cards below are taken here.');
      const reply = await fetch(`${url}/v1/payment_intents/${payment.paymentId}/confirm`, {
        method: 'POST',
        body: new URLSearchParams({
          key: payment.pubKey,
          client_secret: payment.secret ?? '',
          payment_method: method,
          return_url: location.href,
        }),
      });
      const { error, next_action: next }: Confirmed = await reply.json();
      if (error) throw new Declined(error.message);
      if (next?.redirect_to_url) location.assign(next.redirect_to_url.url);
      else await onPaid();
    },
  });
  return (
    <Form sending={pay}>
      <p class="note">This is a demo, and no money moves. Pay with one of the test cards.</p>
      <div class="fields">
        <Field
          class="whole"
          label="Card number"
          name="number"
          inputMode="numeric"
          autocomplete="off"
          required
          defaultValue="4242 4242 4242 4242"
        />
        <Field label="Expires" name="expires" autocomplete="off" required defaultValue="12 / 34" />
        <Field label="CVC" name="cvc" inputMode="numeric" autocomplete="off" required defaultValue="123" />
      </div>
      <div class="row">
        <Submit>Pay {formatMoney(payment.amount, payment.currency)}</Submit>
      </div>
      <details>
        <summary>Test cards</summary>
        <ul>
          {Object.entries(cards).map(([number, [, text]]) => (
            <li key={number}>
              <code>{number.replace(/(.{4})(?=.)/g, '$1 ')}</code> {text}
            </li>
          ))}
        </ul>
      </details>
    </Form>
  );
}
