import type { Order } from '../api.ts';

const reasons: Readonly<Record<NonNullable<Order['reason']>, string>> = {
  'out-of-stock': 'there was not enough in stock. Nothing was charged.',
  'stock-timeout': 'the shop could not put it aside in time. Nothing was charged.',
  'payment-expired': 'it was not paid in time.',
  'payment-cancelled': 'its payment was cancelled.',
  'by-customer': 'you cancelled it. What was paid is given back.',
  'by-admin': 'the shop cancelled it. What was paid is given back.',
  refunded: 'all of its money was given back.',
};

/** How far an order has come. A screen reader is told when that changes. */
export function OrderProgress({ order }: { order: Order }) {
  const { status, reason, fulfilment } = order;
  const [text, done] = stageOf(order);
  return (
    <section class="stack" aria-label="Progress">
      {status === 'cancelled' ? (
        <p role="status" class="note warn">
          The order is cancelled: {reason ? reasons[reason] : 'it has ended.'}
        </p>
      ) : (
        <>
          <p role="status" class="note">
            {text}
          </p>
          <ol class="steps">
            {['Ordered', 'Put aside', 'Paid', 'Shipped', 'Delivered'].map((step, index) => (
              <li
                key={step}
                class={index < done ? 'done' : ''}
                aria-current={index === done ? 'step' : undefined}
              >
                {step}
              </li>
            ))}
          </ol>
          {fulfilment === 'partial' && <p class="soft">A part of it is on its way; the rest follows.</p>}
        </>
      )}
    </section>
  );
}

/** What is said of it, and how many steps are done. */
function stageOf({ status, fulfilment, amount }: Order): readonly [text: string, done: number] {
  if (status === 'pending') return ['We have your order, and put your things aside…', 1];
  if (status === 'processing')
    return [amount > 0 ? 'Your things are put aside. Pay, and they are yours.' : 'One moment…', 2];
  if (fulfilment === 'delivered') return ['It has arrived. Enjoy!', 5];
  if (fulfilment === 'shipped') return ['It is on its way.', 4];
  return ['Thank you! It is paid, and we pack it.', 3];
}
