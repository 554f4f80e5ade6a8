import type { Adjustment } from '../api.ts';
import { formatMoney } from '../money.ts';

interface Props {
  readonly amount: number | null;
  readonly currency: string | null;
  readonly adjustments?: readonly Adjustment[] | undefined;
}

/** What a cart or an order costs: its items, its delivery, and the total. */
export function Sums({ amount, currency, adjustments = [] }: Props) {
  if (amount === null || currency === null) return null;
  const items = adjustments.reduce((rest, adjustment) => rest - adjustment.amount, amount);
  return (
    <dl class="sums">
      {adjustments.length > 0 && (
        <>
          <dt>Items</dt>
          <dd>{formatMoney(items, currency)}</dd>
        </>
      )}
      {adjustments.map(({ kind, label, amount: part }) => (
        <>
          <dt>{kind === 'delivery' ? `Delivery, ${label}` : label}</dt>
          <dd>{formatMoney(part, currency)}</dd>
        </>
      ))}
      <dt class="total">Total</dt>
      <dd class="total">{formatMoney(amount, currency)}</dd>
    </dl>
  );
}
