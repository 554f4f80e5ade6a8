import { openOrderStatuses, orderStatuses } from '@shop/contracts';
import { forEachPage, type Read } from '../database.ts';
import type { OrderFacts } from '../order-facts.ts';
import { readOrderPage, readOrders } from '../order-facts.ts';
import type { Payment, Payments } from '../payments.ts';
import type { Notes } from '../report.ts';
import type { Windows } from '../windows.ts';
import { contradictionsOf } from './order-rules.ts';
import { isKept, paymentContradictionsOf } from './payment-rules.ts';

export interface OrderChecks {
  readonly read: Read;
  readonly windows: Windows;
  readonly payments: Payments | undefined;
  readonly notes: Notes;
}

const pageSize = 500;
const atOnce = 50;

/**
 * Invariants 2, 3 and 4: the orders of the window and all that are open, with their stock and their payments. Databases
 * and Stripe are not read at one moment, so what looks wrong is looked at again before it is said.
 */
export async function checkOrders(checks: OrderChecks): Promise<void> {
  const { read, windows, payments, notes } = checks;
  const [clock] = await read<{ since: string; unix: number }>(
    `SELECT since::text, floor(extract(epoch FROM since))::float8 AS unix
     FROM (SELECT now() - make_interval(secs => $1) AS since) AS clock`,
    [windows.sinceSeconds],
  );
  if (clock === undefined) throw new Error('A query without a condition gave no row.');
  const { since, unix } = clock;
  const unseen = new Map((await payments?.listSince(unix)) ?? []);
  notes.checked('payments', unseen.size);
  const suspects = new Map<string, readonly Payment[]>();
  const walks = [
    { from: '-infinity', to: since, statuses: openOrderStatuses },
    { from: since, to: 'infinity', statuses: orderStatuses },
  ];
  for (const { from, to, statuses } of walks) {
    const next = (last: OrderFacts | undefined) =>
      readOrderPage(read, windows, {
        after: last ?? { createdAt: from, id: 0 },
        to,
        statuses,
        limit: pageSize,
      });
    await forEachPage(pageSize, next, (orders) => {
      for (const order of orders) {
        const own = unseen.get(order.orderNumber) ?? [];
        unseen.delete(order.orderNumber);
        if (order.isYoung || order.isOpen) notes.underWay('orders', 1);
        if (!order.isYoung && allContradictions(order, payments && own).length > 0)
          suspects.set(order.orderNumber, own);
      }
      notes.checked('orders', orders.length);
    });
  }
  // Of orders that are older, or that are not there.
  for (const [orderNumber, own] of unseen) suspects.set(orderNumber, own);
  await judge(suspects, checks);
}

function allContradictions(order: OrderFacts, payments: readonly Payment[] | undefined) {
  return [...contradictionsOf(order), ...(payments ? paymentContradictionsOf(order, payments) : [])];
}

async function judge(suspects: ReadonlyMap<string, readonly Payment[]>, checks: OrderChecks): Promise<void> {
  const { read, windows, payments, notes } = checks;
  const numbers = [...suspects.keys()];
  for (let from = 0; from < numbers.length; from += atOnce) {
    const chunk = numbers.slice(from, from + atOnce);
    const orders = new Map(
      (await readOrders(read, windows, chunk)).map((order) => [order.orderNumber, order]),
    );
    for (const orderNumber of chunk) {
      const order = orders.get(orderNumber);
      const known = (suspects.get(orderNumber) ?? []).map(({ id }) => id);
      if (order === undefined) {
        const kept = (suspects.get(orderNumber) ?? []).filter(isKept).map(({ id }) => id);
        // The account may hold the payments of other shops: only money without an order is worth a look.
        if (kept.length > 0)
          notes.found(
            'order-missing',
            { orderNumber },
            `payment ${kept.join(', ')} was kept, and it is not there`,
          );
        continue;
      }
      const own = payments && (await readPayments(payments, [...known, order.paymentId]));
      const isYoung = order.isYoung || own?.some(({ changedAt }) => changedAt > order.settledAt);
      if (isYoung) continue;
      for (const { fault, productId, what } of allContradictions(order, own))
        notes.found(fault, { orderNumber, productId }, what);
    }
  }
}

async function readPayments(payments: Payments, ids: readonly (string | null)[]): Promise<Payment[]> {
  const unique = [...new Set(ids)].filter((id) => id !== null);
  const found = await Promise.all(unique.map((id) => payments.find(id)));
  return found.filter((payment) => payment !== undefined);
}
