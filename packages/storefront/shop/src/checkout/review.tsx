import { orThrow } from '@shop/client';
import { useMutation } from '@tanstack/preact-query';
import { Link, Redirect, useLocation } from 'wouter-preact';
import { type Cart, shop } from '../api.ts';
import { useCart } from '../cart/use-cart.ts';
import { formatMoney } from '../money.ts';
import { AddressLines } from '../parts/address-lines.tsx';
import { Press } from '../parts/form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { Sums } from '../parts/sums.tsx';
import { useDeliveryMethods } from './address-fields.tsx';

/** The last look: what is ordered, where it goes, and the total that the customer agrees to. */
export function ReviewPage() {
  const query = useCart();
  const { data: cart } = query;
  const isSaid = cart?.checkout?.availability === 'available';
  if (cart && (cart.lines.length === 0 || !isSaid)) return <Redirect href="/checkout" replace />;
  return (
    <Page title="Look it over">
      <Loaded query={query}>{(read) => <Review cart={read} />}</Loaded>
    </Page>
  );
}

function Review({ cart }: { cart: Cart }) {
  const { lines, amount, currency, checkout } = cart;
  const [, navigate] = useLocation();
  const methods = useDeliveryMethods();
  const order = useMutation({
    // With the total that the page shows: nobody pays another one.
    mutationFn: (agreed: { amount: number; currency: string }) => orThrow(shop.createOrder({ body: agreed })),
    onSuccess: ({ orderNumber }) => navigate(`/orders/${orderNumber}`, { replace: true }),
  });
  const place = () => amount !== null && currency !== null && order.mutate({ amount, currency });
  return (
    <div class="two aside">
      <div class="stack wide">
        <ul class="stack">
          {lines.map(({ id, name, qty, price, currentPrice, currency: unit }) => (
            <li key={id} class="row apart">
              <span>
                {qty} × {name}
              </span>
              <span class="price">{formatMoney((currentPrice ?? price) * qty, unit)}</span>
            </li>
          ))}
        </ul>
        {checkout && (
          <section class="card stack">
            <h2>Delivery</h2>
            <AddressLines {...checkout.shippingAddress} />
            <p>
              {methods.data?.items.find(({ id }) => id === checkout.deliveryMethod)?.name ??
                checkout.deliveryMethod}
            </p>
            <p class="soft">News go to {checkout.email}</p>
            <p>
              <Link href="/checkout">Change</Link>
            </p>
          </section>
        )}
      </div>
      <section class="card stack" aria-label="Total">
        <Sums {...cart} />
        <Problem error={order.error} onRetry={place} />
        <Press class="main" busy={order.isPending} onPress={place}>
          {amount === 0 ? 'Order' : 'Order and pay'}
        </Press>
        <p class="soft small">You pay on the next page.</p>
      </section>
    </div>
  );
}
