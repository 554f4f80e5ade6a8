import { type StockItem, type StockReply, stockReplySchema } from '@shop/contracts';
import { priceFault } from '@shop/money';
import { createHttpClient, type Metrics } from '@shop/service-kit';
import { Ajv } from 'ajv';
import DataLoader from 'dataloader';
import { problem } from '../problems.ts';

export type CatalogClient = ReturnType<typeof createCatalogClient>;

/** More ids than this make a second request: catalog takes no more. */
const mostIds = 200;

/** The requests that wait to be read by now are read in the first of them. */
const afterTwoTurns = (send: () => void) => setImmediate(setImmediate, send);

/**
 * Look-ups of two turns of the event loop share a request: it is sent after the last of them has been asked for, so none
 * gets an older answer than by a request of its own.
 */
export function createCatalogClient(urls: readonly string[], metrics: Metrics) {
  const unavailable = (cause: unknown) => problem('catalog-service-unavailable', { cause });
  const http = createHttpClient({ name: 'catalog_service', urls, metrics, unavailable });
  const isStockReply = new Ajv().compile<StockReply>(stockReplySchema);

  async function askForStock(ids: readonly number[]): Promise<(StockItem | undefined)[]> {
    const body = { ids: [...new Set(ids)] };
    const reply = await http.send({ method: 'POST', path: '/products/stock', body });
    if (reply.status !== 200 || !isStockReply(reply.body))
      throw unavailable(new Error(`unexpected reply with status ${reply.status}`));
    const found = new Map(reply.body.items.map((item) => [item.id, item]));
    return ids.map((id) => found.get(id));
  }
  const stock = new DataLoader(askForStock, {
    cache: false,
    maxBatchSize: mostIds,
    batchScheduleFn: afterTwoTurns,
  });

  return {
    /**
     * What catalog has of these products now, in the order asked. A price that nobody could pay, of a currency that is
     * none for instance, is older than the rule against it: such a product is not for sale.
     * @throws Problem `catalog-service-unavailable`
     */
    getStock: async (ids: readonly number[]): Promise<StockItem[]> => {
      const found = await Promise.all(ids.map((id) => stock.load(id)));
      const items = found.filter((item) => item !== undefined);
      return items.filter(({ price, currency }) => priceFault(price, currency) === undefined);
    },
  };
}
