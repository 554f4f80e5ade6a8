import { Link } from 'wouter-preact';
import type { Cart } from '../api.ts';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Sums } from '../parts/sums.tsx';
import { useAdjusted } from './guest-cart.ts';
import { Line } from './line.tsx';
import { useCart } from './use-cart.ts';

export function CartPage() {
  const { data: adjusted } = useAdjusted();
  return (
    <Page title="Cart">
      {adjusted?.map(({ productId, name, qty }) => (
        <p key={productId} class="note warn">
          {qty === 0
            ? `${name} could not be taken over.`
            : `There are ${qty} of ${name} in the cart: there were no more.`}
        </p>
      ))}
      <Loaded query={useCart()}>{(cart) => <Lines cart={cart} />}</Loaded>
    </Page>
  );
}

function Lines({ cart }: { cart: Cart }) {
  const { lines, currency } = cart;
  if (lines.length === 0) {
    return (
      <p>
        The cart is empty. <Link href="/">Find something nice.</Link>
      </p>
    );
  }
  const canBeOrdered = currency !== null && lines.every(({ availability }) => availability === 'available');
  return (
    <div class="two aside">
      <ul class="lines">
        {lines.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ul>
      <section class="card stack" aria-label="Total">
        <Sums {...cart} />
        {currency === null && (
          <p class="note warn">One order has one currency. Remove what has another one.</p>
        )}
        {canBeOrdered ? (
          <Link class="button main" href="/checkout">
            Go to checkout
          </Link>
        ) : (
          <p class="note warn">Change what cannot be ordered first.</p>
        )}
      </section>
    </div>
  );
}
