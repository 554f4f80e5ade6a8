import { type StockReply, stockReplySchema } from '@shop/contracts';
import { createHttpClient, type Metrics } from '@shop/service-kit';
import { Ajv } from 'ajv';
import { problem } from '../problems.ts';

export type CatalogClient = ReturnType<typeof createCatalogClient>;

export function createCatalogClient(baseUrl: string, metrics: Metrics) {
  const unavailable = (cause: unknown) => problem('catalog-service-unavailable', { cause });
  const http = createHttpClient({ name: 'catalog_service', baseUrl, metrics, unavailable });
  const isStockReply = new Ajv().compile<StockReply>(stockReplySchema);
  return {
    /**
     * What catalog has of these products now, in the order asked; at most 200.
     * @throws Problem `catalog-service-unavailable`
     */
    getStock: async (ids: readonly number[]): Promise<StockReply> => {
      const { status, body } = await http.send({ method: 'POST', path: '/products/stock', body: { ids } });
      if (status === 200 && isStockReply(body)) return body;
      throw unavailable(new Error(`unexpected reply with status ${status}`));
    },
  };
}
