import { orThrow } from '@shop/client';
import { useMutation } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { keepAddress, useAddresses } from '../account/use-addresses.ts';
import { type Address, type Cart, type Me, shop } from '../api.ts';
import { useCart } from '../cart/use-cart.ts';
import { Field, Form, Submit, type Typed } from '../parts/form.tsx';
import { Loaded, Waiting } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { readAgain } from '../queries.ts';
import { isCustomer, useMe } from '../session.ts';
import { AddressFields, addressOf } from './address-fields.tsx';
import { DeliveryChoice } from './delivery-choice.tsx';

/** Who orders, where it goes and how. The cart keeps it; what it costs, the next page shows. */
export function CheckoutPage() {
  const { data: me } = useMe();
  const addresses = useAddresses(isCustomer(me));
  const content = (cart: Cart) => {
    if (cart.lines.length === 0) {
      return (
        <p>
          The cart is empty. If you have just ordered, it is among <Link href="/orders">your orders</Link>.
        </p>
      );
    }
    if (me === undefined || addresses.isLoading) return <Waiting />;
    return <CheckoutForm cart={cart} me={me} kept={addresses.data?.items[0]} />;
  };
  return (
    <Page title="Address and delivery">
      <Loaded query={useCart()}>{content}</Loaded>
    </Page>
  );
}

interface FormProps {
  readonly cart: Cart;
  readonly me: Me | null;
  /** The customer's default address. */
  readonly kept: Address | undefined;
}

function CheckoutForm({ cart: { checkout, currency }, me, kept }: FormProps) {
  const [, navigate] = useLocation();
  const address = checkout?.shippingAddress ?? kept;
  const [country, setCountry] = useState(address?.address.country ?? 'DE');
  const save = useMutation({
    mutationFn: async ({ email = '', deliveryMethod = '', keep, ...typed }: Typed) => {
      const shippingAddress = addressOf(typed);
      await orThrow(shop.saveCheckout({ body: { email, shippingAddress, deliveryMethod } }));
      if (keep) await keepAddress(shippingAddress);
    },
    onSuccess: async () => {
      // The next page needs the cart with what was said here.
      await readAgain();
      navigate('/checkout/review');
    },
  });
  return (
    <Form class="middle stack wide" sending={save}>
      <section class="card stack">
        <h2>Contact</h2>
        <Field
          label="Email"
          name="email"
          type="email"
          autocomplete="email"
          required
          defaultValue={checkout?.email ?? me?.email ?? ''}
          hint="For news of this order, and nothing else."
        />
      </section>
      <section class="card stack">
        <h2>Address</h2>
        <AddressFields address={address} country={country} onCountry={setCountry} />
        {isCustomer(me) && (
          <label class="choice">
            <input type="checkbox" name="keep" defaultChecked />
            <span>Keep this address</span>
          </label>
        )}
      </section>
      <section class="card stack">
        <DeliveryChoice country={country} currency={currency ?? ''} chosen={checkout?.deliveryMethod} />
      </section>
      <div class="row">
        <Submit>Continue</Submit>
        <Link href="/cart">Back to the cart</Link>
      </div>
    </Form>
  );
}
