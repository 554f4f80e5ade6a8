import { orThrow } from '@shop/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/preact-query';
import { type Order, shop } from '../api.ts';
import { formatMoney, parseMoney } from '../money.ts';
import { Field, Form, Press, type Typed } from '../parts/form.tsx';
import { Problem } from '../parts/problem.tsx';

const times = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

/** What administrators have on the page of an order: ship, give money back, and see all that happened. */
export default function OrderTools({ order }: { order: Order }) {
  return (
    <section class="stack wide" aria-labelledby="tools">
      <h2 id="tools">Administration</h2>
      {order.status === 'completed' && (
        <div class="two">
          {order.fulfilment !== 'shipped' && order.fulfilment !== 'delivered' && <Ship order={order} />}
          <Refund order={order} />
        </div>
      )}
      <Arrivals order={order} />
      <Timeline orderNumber={order.orderNumber} />
    </section>
  );
}

function useOrderChange<Input>({ orderNumber }: Order, change: (input: Input) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['order', orderNumber] }),
        queries.invalidateQueries({ queryKey: ['timeline', orderNumber] }),
      ]),
  });
}

function Ship({ order }: { order: Order }) {
  const { orderNumber } = order;
  const ship = useOrderChange(order, ({ carrier = '', tracking = '' }: Typed) =>
    orThrow(shop.createShipment({ orderNumber, body: { carrier, tracking } })),
  );
  return (
    <Form class="card stack" label="Ship" busy={ship.isPending} onSubmit={ship.mutate}>
      <h3>Ship all that is left</h3>
      <Field label="Carrier" name="carrier" required maxLength={200} error={ship.error} />
      <Field label="Tracking number" name="tracking" required maxLength={200} error={ship.error} />
      <Problem error={ship.error} />
      <Press class="main" busy={ship.isPending}>
        Ship
      </Press>
    </Form>
  );
}

function Arrivals({ order }: { order: Order }) {
  const { orderNumber, shipments } = order;
  const arrive = useOrderChange(order, (shipmentId: number) =>
    orThrow(shop.changeShipment({ orderNumber, shipmentId, body: { status: 'delivered' } })),
  );
  return (
    <>
      {shipments
        .filter(({ status }) => status === 'shipped')
        .map(({ id, carrier, tracking }) => (
          <div key={id} class="row">
            <span>
              {carrier} {tracking}
            </span>
            <Press busy={arrive.isPending} onPress={() => arrive.mutate(id)}>
              It has arrived
            </Press>
          </div>
        ))}
      <Problem error={arrive.error} />
    </>
  );
}

/** A part of the money, or all that is left. */
function Refund({ order }: { order: Order }) {
  const { orderNumber, currency, refunds } = order;
  const refund = useOrderChange(order, ({ amount, reason = '' }: Typed) =>
    orThrow(
      shop.refundOrder({
        orderNumber,
        body: { reason, ...(amount && { amount: parseMoney(amount, currency) ?? 0 }) },
      }),
    ),
  );
  return (
    <Form class="card stack" label="Refund" busy={refund.isPending} onSubmit={refund.mutate}>
      <h3>Give money back</h3>
      <Field
        label={`Amount in ${currency.toUpperCase()}`}
        name="amount"
        inputMode="decimal"
        hint="All that is left, if empty."
        error={refund.error}
      />
      <Field
        label="Reason"
        name="reason"
        required
        maxLength={500}
        hint="The customer sees it."
        error={refund.error}
      />
      <Problem error={refund.error} />
      <Press busy={refund.isPending}>Give it back</Press>
      <ul>
        {refunds.map(({ id, amount, status, reason }) => (
          <li key={id}>
            {formatMoney(amount, currency)}: {status} <span class="soft">{reason}</span>
          </li>
        ))}
      </ul>
    </Form>
  );
}

function Timeline({ orderNumber }: { orderNumber: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['timeline', orderNumber],
    queryFn: () => orThrow(shop.explainOrder({ orderNumber })),
  });
  return (
    <section class="stack" aria-labelledby="timeline">
      <h3 id="timeline">All that happened</h3>
      <Problem error={error} onRetry={() => void refetch()} />
      {data && data.unavailable.length > 0 && (
        <p class="note warn">Without {data.unavailable.join(' and ')}, which did not answer.</p>
      )}
      <ol class="history">
        {data?.items.map(({ at, service, what }) => (
          <li key={`${at} ${service} ${what}`}>
            <span class="soft small">
              {times.format(new Date(at))}, {service}
            </span>
            <br />
            {what}
          </li>
        ))}
      </ol>
    </section>
  );
}
