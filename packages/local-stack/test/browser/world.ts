import { waitFor } from '@shop/testing';
import { openShop, type TestShop } from '../support/shop.ts';
import { type Browser, openBrowser } from './browser.ts';
import { openTab, type Shopper } from './shopper.ts';

/** A shop, and a browser that looks at it. */
export interface World {
  readonly shop: TestShop;
  readonly browser: Browser;
  /** Somebody whom the shop has never seen. */
  newcomer(): Promise<Shopper>;
  /** What an administrator does somewhere else. */
  changeProduct(id: number, change: object): Promise<unknown>;
  countStock(id: number, stock: number): Promise<unknown>;
  /** What the newest mail to somebody links to, of a page of the shop. */
  linkInMail(email: string, page: string): Promise<string>;
  close(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const shop = await openShop();
  const browser = await openBrowser(shop.stack.urls.storefront.replace('127.0.0.1', 'localhost'));
  const changeProduct = async (id: number, change: object) =>
    (await shop.admin()).call('PATCH', `/products/${id}`, change);
  return {
    shop,
    browser,
    newcomer: async () => openTab(await browser.visitor()),
    changeProduct,
    countStock: async (id, stock) => {
      const { body } = await (await shop.admin()).call('GET', `/products/${id}`);
      return changeProduct(id, { stock, version: body.version });
    },
    linkInMail: (email, page) =>
      waitFor(
        async () => {
          const reply = await fetch(`${shop.stack.urls.mail}/mails?to=${email}`);
          const { items } = (await reply.json()) as { items: { text: string }[] };
          return items
            .map(({ text }) => new RegExp(`http\\S+/${page}#token=\\S+`).exec(text)?.[0])
            .find(Boolean);
        },
        { timeoutMs: 15_000, what: `a link to ${page} in a mail to ${email}` },
      ),
    close: async () => {
      await browser.close();
      await shop.close();
    },
  };
}
