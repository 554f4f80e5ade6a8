import { openOrderStatuses, orderStatuses } from '@shop/contracts';
import { forEachPage, type Read } from '../database.ts';
import type { OrderFacts } from '../order-facts.ts';
import type { Notes } from '../report.ts';
import type { Windows } from '../windows.ts';
import { contradictionsOf } from './order-rules.ts';

const pageSize = 500;

/** Invariants 2, 3 and 4, as far as the databases know: the orders of the window, and all that are open. */
export async function checkOrders(read: Read, windows: Windows, notes: Notes): Promise<void> {
  const { sinceSeconds, settleSeconds } = windows;
  // Of one moment: an order that is made while this runs is in one walk or in the next run.
  const [since] = await read<{ at: string }>('SELECT (now() - make_interval(secs => $1))::text AS at', [
    sinceSeconds,
  ]);
  const walks = [
    { from: '-infinity', to: since?.at, statuses: openOrderStatuses },
    { from: since?.at, to: 'infinity', statuses: orderStatuses },
  ];
  for (const { from, to, statuses } of walks) {
    const next = (last: OrderFacts | undefined) =>
      read<OrderFacts>(orderPage, [
        last?.createdAt ?? from,
        last?.id ?? 0,
        to,
        statuses,
        pageSize,
        settleSeconds,
      ]);
    await forEachPage(pageSize, next, (orders) => {
      for (const order of orders) judge(order, notes);
      notes.checked('orders', orders.length);
    });
  }
  await checkPromises(read, notes);
  await checkStrangers(read, windows, notes);
}

function judge(order: OrderFacts, notes: Notes): void {
  const { orderNumber, status, isYoung, isOverdue } = order;
  const isOpen = status === 'pending' || status === 'processing';
  if (isYoung || (isOpen && !isOverdue)) notes.underWay('orders', 1);
  if (isYoung) return;
  for (const { fault, productId, what } of contradictionsOf(order))
    notes.found(fault, { orderNumber, productId }, what);
}

const orderPage = `
  WITH page AS MATERIALIZED (
    SELECT * FROM orders.orders
    WHERE (created_at, id) > ($1::timestamptz, $2::int) AND created_at < $3::timestamptz AND status = ANY ($4::text[])
    ORDER BY created_at, id LIMIT $5
  )
  SELECT page.id, order_number AS "orderNumber", page.created_at::text AS "createdAt", page.status, page.reason,
    amount::float8, currency, payment_id AS "paymentId",
    EXISTS (
      SELECT FROM orders.order_history
      WHERE order_id = page.id AND cause = 'payment-succeeded' AND details ->> 'paymentId' = page.payment_id
    ) AS "isPaid",
    page.updated_at > now() - make_interval(secs => $6) AS "isYoung",
    page.expires_at < now() - make_interval(secs => $6) AS "isOverdue",
    (SELECT coalesce(json_agg(json_build_object('productId', product_id, 'qty', qty)), '[]')
     FROM (SELECT product_id, sum(qty) AS qty FROM orders.order_items WHERE order_id = page.id GROUP BY product_id) AS item
    ) AS wanted,
    (SELECT coalesce(json_agg(json_build_object('productId', product_id, 'delta', delta)), '[]')
     FROM catalog.stock_movements movement WHERE movement.order_number = page.order_number) AS movements,
    (SELECT state FROM catalog.stock_reservations reservation WHERE reservation.order_number = page.order_number)
      AS reservation
  FROM page ORDER BY page.created_at, page.id`;

/** Invariant 2: what a customer was answered, and may be answered again, is there. */
async function checkPromises(read: Read, notes: Notes): Promise<void> {
  const missing = await read<{ orderNumber: string }>(
    `SELECT reply ->> 'orderNumber' AS "orderNumber" FROM orders.idempotency_keys
     WHERE NOT EXISTS (SELECT FROM orders.orders WHERE order_number = reply ->> 'orderNumber') LIMIT 1000`,
  );
  for (const { orderNumber } of missing)
    notes.found('order-missing', { orderNumber }, 'a customer was told of it, and it is not there');
}

interface MovementRow {
  readonly id: string;
  readonly orderNumber: string | null;
  readonly productId: number;
  readonly isStrange: boolean;
}

/** Invariant 3: stock is taken for orders that exist. */
async function checkStrangers(read: Read, { sinceSeconds }: Windows, notes: Notes): Promise<void> {
  const next = (last: MovementRow | undefined) =>
    read<MovementRow>(
      `SELECT id::text, order_number AS "orderNumber", product_id AS "productId",
         order_number IS NOT NULL AND NOT EXISTS (
           SELECT FROM orders.orders WHERE orders.order_number = movement.order_number) AS "isStrange"
       FROM (SELECT * FROM catalog.stock_movements WHERE id < $1 ORDER BY id DESC LIMIT $2) AS movement
       WHERE created_at >= now() - make_interval(secs => $3) ORDER BY movement.id DESC`,
      [last?.id ?? '9223372036854775807', pageSize, sinceSeconds],
    );
  await forEachPage(pageSize, next, (rows) => {
    for (const { orderNumber, productId } of rows.filter(({ isStrange }) => isStrange))
      notes.found(
        'order-missing',
        { orderNumber: orderNumber ?? '', productId },
        'stock moved for it, and it is not there',
      );
    notes.checked('stock movements', rows.length);
  });
}
