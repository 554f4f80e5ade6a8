import { orThrow } from '@shop/client';
import { useMutation, useQuery } from '@tanstack/preact-query';
import { type Order, shop } from '../api.ts';
import { formatMoney, parseMoney } from '../money.ts';
import { Field, Form, Press, Submit, type Typed } from '../parts/form.tsx';
import { Loaded } from '../parts/loaded.tsx';
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

function Ship({ order: { orderNumber } }: { order: Order }) {
  const ship = useMutation({
    mutationFn: ({ carrier = '', tracking = '' }: Typed) =>
      orThrow(shop.createShipment({ orderNumber, body: { carrier, tracking } })),
  });
  return (
    <Form class="card stack" label="Ship" sending={ship}>
      <h3>Ship all that is left</h3>
      <Field label="Carrier" name="carrier" required maxLength={200} />
      <Field label="Tracking number" name="tracking" required maxLength={200} />
      <Submit>Ship</Submit>
    </Form>
  );
}

function Arrivals({ order: { orderNumber, shipments } }: { order: Order }) {
  const arrive = useMutation({
    mutationFn: (shipmentId: number) =>
      orThrow(shop.changeShipment({ orderNumber, shipmentId, body: { status: 'delivered' } })),
  });
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
function Refund({ order: { orderNumber, currency, refunds } }: { order: Order }) {
  const refund = useMutation({
    mutationFn: ({ amount, reason = '' }: Typed) =>
      orThrow(
        shop.refundOrder({
          orderNumber,
          body: { reason, ...(amount && { amount: parseMoney(amount, currency) ?? 0 }) },
        }),
      ),
  });
  return (
    <Form class="card stack" label="Refund" sending={refund}>
      <h3>Give money back</h3>
      <Field
        label={`Amount in ${currency.toUpperCase()}`}
        name="amount"
        inputMode="decimal"
        hint="All that is left, if empty."
      />
      <Field label="Reason" name="reason" required maxLength={500} hint="The customer sees it." />
      <Submit class="">Give it back</Submit>
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
  const timeline = useQuery({
    queryKey: ['timeline', orderNumber],
    queryFn: () => orThrow(shop.explainOrder({ orderNumber })),
  });
  return (
    <section class="stack" aria-labelledby="timeline">
      <h3 id="timeline">All that happened</h3>
      <Loaded query={timeline}>
        {({ items, unavailable }) => (
          <>
            {unavailable.length > 0 && (
              <p class="note warn">Without {unavailable.join(' and ')}, which did not answer.</p>
            )}
            <ol class="history">
              {items.map(({ at, service, what }) => (
                <li key={`${at} ${service} ${what}`}>
                  <span class="soft small">
                    {times.format(new Date(at))}, {service}
                  </span>
                  <br />
                  {what}
                </li>
              ))}
            </ol>
          </>
        )}
      </Loaded>
    </section>
  );
}
