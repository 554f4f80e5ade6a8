import { setTimeout as delay } from 'node:timers/promises';
import type { ShopClient } from '@shop/client';
import { type DemoSettings, expectData, openClient, type Say, StepFailed } from './shop.ts';

const refundLimitMs = 60_000;

/** The shop as its administrator has it; undefined when it has another password than the demo's. */
export async function logInAsAdministrator(settings: DemoSettings): Promise<ShopClient | undefined> {
  const shop = openClient(settings);
  const { problem } = await shop.login({
    body: { email: settings.seedAdminEmail, password: settings.seedAdminPassword },
  });
  return problem === undefined ? shop : undefined;
}

/**
 * Ships a paid order, and takes one piece of it back: its money to the customer, itself to the shelf.
 * @throws StepFailed at the first step that is not as promised
 */
export async function shipAndTakeBack(
  admin: ShopClient,
  { orderNumber, productId }: { readonly orderNumber: string; readonly productId: number },
  say: Say,
): Promise<void> {
  const sent = { carrier: 'DHL', tracking: '00340434161094042557' };
  const { shipment } = await expectData('shipped', admin.createShipment({ orderNumber, body: sent }));
  say('shipped', `by ${sent.carrier}, ${sent.tracking}: to cancel it is too late now`);
  const arrived = { orderNumber, shipmentId: shipment.id, body: { status: 'delivered' } } as const;
  await expectData('delivered', admin.changeShipment(arrived));
  say('delivered', `order ${orderNumber} has arrived`);
  const wanted = { reason: 'One piece was too many.', lines: [{ productId, qty: 1, restock: true }] };
  await expectData('refund asked for', admin.refundOrder({ orderNumber, body: wanted }));
  const deadline = Date.now() + refundLimitMs;
  for (;;) {
    const order = await expectData('waiting for the refund', admin.getOrder({ orderNumber }));
    if (order.refundedAmount > 0) break;
    if (Date.now() > deadline) throw new StepFailed('refunded', 'the refund is still pending');
    await delay(100);
  }
  say('one piece came back', 'its money is refunded, and it is on the shelf again');
}
