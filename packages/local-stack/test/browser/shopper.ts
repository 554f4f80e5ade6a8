import type { BrowserContext, Page } from 'playwright-core';

export type Shopper = ReturnType<typeof createShopper>;

/** What a customer does in a tab of a browser, by what can be read there. */
export function createShopper(page: Page) {
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const link = (name: string | RegExp) => page.getByRole('link', { name });

  const shopper = {
    page,
    button,
    link,
    /** Waits until the page says so. */
    reads: (text: string | RegExp) => page.getByText(text).first().waitFor(),
    /** Waits for the page with this title. */
    isAt: (title: string | RegExp) => page.getByRole('heading', { level: 1, name: title }).waitFor(),
    putIntoCart: async (productId: number, qty = 1) => {
      await page.goto(`/products/${productId}`);
      await page.getByLabel('Quantity').fill(String(qty));
      await button('Add to cart').click();
      await shopper.reads('It is in the cart');
    },
    /** From the cart to the last look before the order. */
    giveAddress: async () => {
      await page.goto('/checkout');
      await page.getByLabel('Email').fill('ada@shop.test');
      await page.getByLabel('Name').fill('Ada Lovelace');
      await page.getByLabel('Street and number').fill('Hauptstraße 1');
      await page.getByLabel('Postal code').fill('10115');
      await page.getByLabel('City').fill('Berlin');
      await page.getByLabel('Country').selectOption('DE');
      await page.getByLabel('Express').check();
      await button('Continue').click();
      await shopper.isAt('Look it over');
    },
    /** Orders, and waits until the order can be paid. */
    placeOrder: async () => {
      await button('Order and pay').click();
      await button(/^Pay \$/).waitFor();
      return page.url().split('/').at(-1) ?? '';
    },
    payWith: async (card = '4242 4242 4242 4242') => {
      await page.getByLabel('Card number').fill(card);
      await button(/^Pay \$/).click();
    },
    /** Looks at the tab, or at another one: a browser without a screen shows all of them. */
    isSeen: (isSeen: boolean) =>
      page.evaluate(`
        Object.defineProperty(document, 'hidden', { configurable: true, value: ${!isSeen} });
        document.dispatchEvent(new Event('visibilitychange'));`),
    signIn: async (email: string, password: string) => {
      await page.goto('/sign-in');
      await page.getByLabel('Email').fill(email);
      await page.getByLabel('Password').fill(password);
      await button('Sign in').click();
      await page.getByRole('link', { name: 'Account', exact: true }).waitFor();
    },
  };
  return shopper;
}

export const openTab = async (context: BrowserContext): Promise<Shopper> =>
  createShopper(await context.newPage());
