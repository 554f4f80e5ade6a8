import { openTab } from './shopper.ts';
import type { World } from './world.ts';

/** What customers see who have the shop in several tabs. */
export function tabStories(world: World): void {
  it('keeps two tabs together: a cart and an order look the same in both', async () => {
    const product = await world.shop.product(5, 2_000);
    const context = await world.browser.visitor();
    const [one, other] = [await openTab(context), await openTab(context)];
    await other.page.goto('/');
    await one.putIntoCart(product);
    await one.giveAddress();
    const orderNumber = await one.placeOrder();
    await other.page.goto(`/orders/${orderNumber}`);
    await other.button('Cancel the order').click();
    await other.button('Yes, cancel it').click();
    await one.reads('The order is cancelled: you cancelled it.');
    await one.page.goto('/checkout/review');
    await one.reads('If you have just ordered, it is among');
  });

  it('leaves the connections of the browser to the tabs that are seen, and goes on in one that is seen again', async () => {
    const product = await world.shop.product(5, 2_000);
    const context = await world.browser.visitor();
    const first = await openTab(context);
    await first.putIntoCart(product);
    await first.giveAddress();
    const orderNumber = await first.placeOrder();
    await first.isSeen(false);
    // A browser has six connections to a shop.
    for (let tabs = 1; tabs <= 6; tabs++) {
      const tab = await openTab(context);
      await tab.page.goto(`/orders/${orderNumber}`);
      await tab.button(/^Pay \$/).waitFor();
      await tab.isSeen(false);
    }
    const last = await openTab(context);
    await last.page.goto(`/orders/${orderNumber}`);
    await last.payWith();
    await last.reads('Thank you! It is paid');
    await first.isSeen(true);
    await first.reads('Thank you! It is paid');
    const admin = await world.shop.admin();
    await admin.call('POST', `/orders/${orderNumber}/shipments`, { carrier: 'DHL', tracking: '0034' });
    await first.reads('It is on its way.');
  });
}
