import { orThrow } from '@shop/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { type Checkout, shop } from '../api.ts';
import { useCart } from '../cart/use-cart.ts';
import { Field, Form, Press, type Typed } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { useMe } from '../session.ts';
import { AddressFields, addressOf } from './address-fields.tsx';
import { DeliveryChoice } from './delivery-choice.tsx';

/** Who orders, where it goes and how. The cart keeps it; what it costs, the next page shows. */
export function CheckoutPage() {
  const { data: cart, error } = useCart();
  const { data: me } = useMe();
  const addresses = useQuery({
    queryKey: ['addresses'],
    queryFn: () => orThrow(shop.listAddresses()),
    enabled: me !== undefined && me !== null && me.role !== 'guest',
  });
  const isReady = cart && me !== undefined && (addresses.data || addresses.error || !addresses.isFetching);
  return (
    <Page title="Address and delivery">
      <Problem error={error} />
      {!isReady && !error && <p role="status">One moment…</p>}
      {isReady && cart.lines.length === 0 && (
        <p>
          The cart is empty. If you have just ordered, it is among <Link href="/orders">your orders</Link>.
        </p>
      )}
      {isReady && cart.lines.length > 0 && (
        <CheckoutForm
          before={cart.checkout}
          currency={cart.currency ?? ''}
          email={cart.checkout?.email ?? me?.email ?? ''}
          address={cart.checkout?.shippingAddress ?? addresses.data?.items[0]}
        />
      )}
    </Page>
  );
}

interface FormProps {
  readonly before: Checkout | undefined;
  readonly currency: string;
  readonly email: string;
  readonly address: Checkout['shippingAddress'] | undefined;
}

function CheckoutForm({ before, currency, email, address }: FormProps) {
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const [country, setCountry] = useState(address?.address.country ?? 'DE');
  const save = useMutation({
    mutationFn: (typed: Typed) =>
      orThrow(
        shop.saveCheckout({
          body: {
            email: typed['email'] ?? '',
            shippingAddress: addressOf(typed),
            deliveryMethod: typed['deliveryMethod'] ?? '',
          },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['cart'] });
      navigate('/checkout/review');
    },
  });
  return (
    <Form class="middle stack wide" busy={save.isPending} onSubmit={save.mutate}>
      <section class="card stack">
        <h2>Contact</h2>
        <Field
          label="Email"
          name="email"
          type="email"
          autocomplete="email"
          required
          defaultValue={email}
          error={save.error}
          hint="For news of this order, and nothing else."
        />
      </section>
      <section class="card stack">
        <h2>Address</h2>
        <AddressFields address={address} error={save.error} country={country} onCountry={setCountry} />
      </section>
      <section class="card stack">
        <DeliveryChoice country={country} currency={currency} chosen={before?.deliveryMethod} />
      </section>
      <Problem error={save.error} />
      <div class="row">
        <Press class="main" busy={save.isPending}>
          Continue
        </Press>
        <Link href="/cart">Back to the cart</Link>
      </div>
    </Form>
  );
}
