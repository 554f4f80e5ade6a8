import { acceptCheckout, type CartCheckout } from '../domain/delivery.ts';
import type { Schemas } from '../generated/openapi.ts';
import { changeCart } from './cart.service.ts';
import type { OrderDeps } from './deps.ts';

/**
 * Notes how the customer wants the cart delivered, in place of what was noted before.
 * @throws Problem `validation-failed`
 */
export async function saveCheckout(
  customerId: number,
  given: Schemas['CheckoutRequest'],
  { carts, config }: OrderDeps,
): Promise<CartCheckout> {
  return changeCart(customerId, carts, async (cart) => {
    const currencies = [...new Set(cart?.lines.map((line) => line.currency))];
    const checkout = acceptCheckout(given, config.deliveryMethods, currencies);
    return (await carts.saveCheckout(customerId, cart, checkout)) ? checkout : undefined;
  });
}

/** The cart can be ordered without any delivery again. */
export async function removeCheckout(customerId: number, { carts }: OrderDeps): Promise<void> {
  await changeCart(customerId, carts, async (cart) => {
    if (!cart?.checkout) return true;
    return (await carts.saveCheckout(customerId, cart, null)) || undefined;
  });
}
