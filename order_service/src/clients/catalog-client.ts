import type { StockReply } from '@shop/contracts';
import { stockReplySchema } from '@shop/contracts';
import { AppError, createHttpClient, type Metrics } from '@shop/service-kit';
import { Ajv } from 'ajv';

export interface CatalogClient {
  /**
   * What catalog has of these products now, in the order asked; at most 200.
   * @throws AppError `unavailable` when catalog does not answer
   */
  getStock(productIds: readonly number[]): Promise<StockReply>;
}

export function createCatalogClient(baseUrl: string, metrics: Metrics): CatalogClient {
  const http = createHttpClient({ name: 'catalog_service', baseUrl, metrics });
  const isStockReply = new Ajv().compile<StockReply>(stockReplySchema);
  return {
    getStock: async (ids) => {
      const { status, body } = await http.send({ method: 'POST', path: '/products/stock', body: { ids } });
      if (status === 200 && isStockReply(body)) return body;
      const message = 'catalog_service does not answer as expected. Try again in a moment.';
      throw new AppError('unavailable', 'catalog-service-unavailable', message, { retryAfter: 1 });
    },
  };
}
