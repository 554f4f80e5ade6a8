import { Link } from 'wouter-preact';
import type { CartLine } from '../api.ts';
import { formatMoney } from '../money.ts';
import { Press } from '../parts/form.tsx';
import { Picture } from '../parts/picture.tsx';
import { Problem } from '../parts/problem.tsx';
import { useChangeLine } from './use-cart.ts';

/** A line of the cart, and what is different now from when it was added. */
export function Line({ line }: { line: CartLine }) {
  const { id, productId, name, qty, currency, price, currentPrice, priceChanged, availability, available } =
    line;
  const change = useChangeLine();
  const isGone = availability === 'unavailable';
  const set = (wanted: number) =>
    Number.isInteger(wanted) && wanted > 0 && change.mutate({ id, qty: wanted });
  return (
    <li>
      <Picture url={line.imageUrl} />
      <div class="stack">
        {isGone ? <span>{name}</span> : <Link href={`/products/${productId}`}>{name}</Link>}
        <div class="row">
          {!isGone && (
            <input
              class="qty"
              type="number"
              min={1}
              max={Math.max(available, 1)}
              value={qty}
              aria-label={`Quantity of ${name}`}
              onChange={(event) => set(event.currentTarget.valueAsNumber)}
            />
          )}
          <Press class="plain" busy={change.isPending} onPress={() => change.mutate({ id, qty: 0 })}>
            Remove<span class="unseen"> {name}</span>
          </Press>
        </div>
      </div>
      <p class="price">{formatMoney((currentPrice ?? price) * qty, currency)}</p>
      {isGone && <p class="note warn">No longer for sale. Remove it to order the rest.</p>}
      {availability === 'insufficient' && (
        <div class="note warn row apart">
          <span>{available === 0 ? 'Sold out.' : `Only ${available} left.`}</span>
          {available > 0 && <Press onPress={() => set(available)}>Take {available}</Press>}
        </div>
      )}
      {priceChanged && currentPrice !== null && (
        <p class="note warn">
          The price has changed: <span class="old">{formatMoney(price, currency)}</span>{' '}
          {formatMoney(currentPrice, currency)} each.
        </p>
      )}
      <Problem error={change.error} />
    </li>
  );
}
