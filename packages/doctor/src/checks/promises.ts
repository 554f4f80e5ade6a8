import { forEachPage, type Read } from '../database.ts';
import type { Notes } from '../report.ts';
import type { Windows } from '../windows.ts';

/** Invariant 2: orders that a customer was told of, and orders that took stock, are there. */
export async function checkPromises(read: Read, windows: Windows, notes: Notes): Promise<void> {
  await checkReplies(read, notes);
  await checkMovements(read, windows, notes);
}

async function checkReplies(read: Read, notes: Notes): Promise<void> {
  const missing = await read<{ orderNumber: string }>(
    // Shipments and refunds have replies, too, which are kept with what they tell of.
    `SELECT reply ->> 'orderNumber' AS "orderNumber" FROM orders.idempotency_keys
     WHERE reply ->> 'orderNumber' IS NOT NULL
       AND NOT EXISTS (SELECT FROM orders.orders WHERE order_number = reply ->> 'orderNumber') LIMIT 1000`,
  );
  for (const { orderNumber } of missing)
    notes.found('order-missing', { orderNumber }, 'a customer was told of it, and it is not there');
}

interface MovementRow {
  readonly id: string;
  readonly orderNumber: string;
  readonly productId: number;
  readonly isStrange: boolean;
}

const pageSize = 1_000;

async function checkMovements(read: Read, { sinceSeconds }: Windows, notes: Notes): Promise<void> {
  // From the newest to the first that is too old: ids have the order of time.
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
    for (const { orderNumber, productId, isStrange } of rows)
      if (isStrange)
        notes.found('order-missing', { orderNumber, productId }, 'stock moved for it, and it is not there');
    notes.checked('stock movements', rows.length);
  });
}
