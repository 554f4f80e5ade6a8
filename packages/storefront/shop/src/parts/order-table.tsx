import { Link } from 'wouter-preact';
import type { OrderSummary } from '../api.ts';
import { formatMoney } from '../money.ts';

const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

const tones = { pending: 'warn', processing: 'warn', completed: '', cancelled: 'bad' } as const;

/** The status in one word, with how far the goods have come. */
function stateOf({ status, fulfilment }: OrderSummary): string {
  if (status === 'processing') return 'to be paid';
  if (status !== 'completed') return status;
  return fulfilment === 'none' ? 'paid' : fulfilment === 'partial' ? 'partly shipped' : fulfilment;
}

export function OrderTable({ orders }: { orders: readonly OrderSummary[] }) {
  return (
    <div class="table-box">
      <table>
        <thead>
          <tr>
            <th>Date</th>
            <th>Order</th>
            <th>State</th>
            <th class="number">Total</th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <tr key={order.orderNumber}>
              <td>{days.format(new Date(order.createdAt))}</td>
              <td>
                <Link href={`/orders/${order.orderNumber}`}>{contentOf(order)}</Link>
              </td>
              <td>
                <span class={`tag ${tones[order.status]}`}>{stateOf(order)}</span>
              </td>
              <td class="number">{formatMoney(order.amount, order.currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function contentOf({ items: [first, ...others] }: OrderSummary): string {
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `${first?.qty} × ${first?.itemName}${more}`;
}
