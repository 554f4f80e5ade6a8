import { createShopClient, orThrow } from '@shop/client';
import { type Environment, readSettings, url } from '@shop/service-kit';
import { readAdministrator } from '../administrator-settings.ts';

/**
 * Reads an order's timeline as the administrator of the shop that this environment speaks of.
 * @throws ProblemError when the shop refuses, or does not answer
 */
export async function readTimeline(environment: Environment, orderNumber: string) {
  const { seedAdminEmail, seedAdminPassword } = readAdministrator(environment);
  const { shopApiUrl } = readSettings(environment, {
    shopApiUrl: url({ default: `http://127.0.0.1:${environment['STOREFRONT_PORT'] || '3000'}/api` }),
  });
  const shop = createShopClient({ url: shopApiUrl });
  await orThrow(shop.login({ body: { email: seedAdminEmail, password: seedAdminPassword } }));
  return orThrow(shop.explainOrder({ orderNumber }));
}
