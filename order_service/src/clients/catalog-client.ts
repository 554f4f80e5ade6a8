import { type StockItem, type StockReply, stockReplySchema } from '@shop/contracts';
import { priceFault } from '@shop/money';
import { createHttpClient, type Metrics } from '@shop/service-kit';
import { Ajv } from 'ajv';
import { problem } from '../problems.ts';

export type CatalogClient = ReturnType<typeof createCatalogClient>;

export function createCatalogClient(urls: readonly string[], metrics: Metrics) {
  const unavailable = (cause: unknown) => problem('catalog-service-unavailable', { cause });
  const http = createHttpClient({ name: 'catalog_service', urls, metrics, unavailable });
  const isStockReply = new Ajv().compile<StockReply>(stockReplySchema);
  return {
    /**
     * What catalog has of these products now, in the order asked; at most 200. A price that nobody could pay, of a
     * currency that is none for instance, is older than the rule against it: such a product is not for sale.
     * @throws Problem `catalog-service-unavailable`
     */
    getStock: async (ids: readonly number[]): Promise<StockItem[]> => {
      const { status, body } = await http.send({ method: 'POST', path: '/products/stock', body: { ids } });
      if (status === 200 && isStockReply(body))
        return body.items.filter(({ price, currency }) => priceFault(price, currency) === undefined);
      throw unavailable(new Error(`unexpected reply with status ${status}`));
    },
  };
}
