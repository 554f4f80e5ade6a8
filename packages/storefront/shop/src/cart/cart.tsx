import { Link } from 'wouter-preact';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { Sums } from '../parts/sums.tsx';
import { useAdjusted } from '../session.ts';
import { Line } from './line.tsx';
import { useCart } from './use-cart.ts';

export function CartPage() {
  const { data: cart, error, refetch } = useCart();
  const { data: adjusted } = useAdjusted();
  const canBeOrdered = cart?.lines.every(({ availability }) => availability === 'available');
  return (
    <Page title="Cart">
      <Problem error={error} onRetry={() => void refetch()} />
      {!cart && !error && <p role="status">One moment…</p>}
      {adjusted?.map(({ productId, name, qty }) => (
        <p key={productId} class="note warn">
          {qty === 0
            ? `${name} could not be taken over.`
            : `There are ${qty} of ${name} in the cart: there were no more.`}
        </p>
      ))}
      {cart?.lines.length === 0 && (
        <p>
          The cart is empty. <Link href="/">Find something nice.</Link>
        </p>
      )}
      {cart && cart.lines.length > 0 && (
        <div class="two aside">
          <ul class="lines">
            {cart.lines.map((line) => (
              <Line key={line.id} line={line} />
            ))}
          </ul>
          <section class="card stack" aria-label="Total">
            <Sums {...cart} />
            {cart.currency === null && (
              <p class="note warn">One order has one currency. Remove what has another one.</p>
            )}
            {canBeOrdered && cart.currency !== null ? (
              <Link class="button main" href="/checkout">
                Go to checkout
              </Link>
            ) : (
              <p class="note warn">Change what cannot be ordered first.</p>
            )}
          </section>
        </div>
      )}
    </Page>
  );
}
