import { type AuditTrail, actorOf, requireAdmin, requireUser, type TokenVerifier } from '@shop/service-kit';
import { type Request, type Response, Router } from 'express';
import type { Product } from '../domain/product.ts';
import { withOneCurrency } from '../domain/search-index.ts';
import type { components } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import {
  type CatalogDeps,
  createProduct,
  deleteProduct,
  getProduct,
  getProductStock,
  getProducts,
  getProductsById,
  getSuggestions,
  updateProduct,
} from '../services/catalog.service.ts';
import { knownMembers, parseInput, parseQuery } from './dto/parse-input.ts';
import { CreateProductDto, toNewProduct, UpdateProductDto } from './dto/product.dto.ts';
import {
  ListProductsDto,
  ProductPathDto,
  ProductsByIdDto,
  StockLookUpDto,
  SuggestDto,
} from './dto/requests.dto.ts';
import { allowedRevisions, hasTag, productETag } from './etag.ts';

type Schemas = components['schemas'];

export interface ProductRoutesOptions {
  readonly deps: CatalogDeps & { readonly audit: AuditTrail };
  readonly tokens: TokenVerifier;
  /** Of products that are created without one, and of prices that are asked for without one. */
  readonly defaultCurrency: string;
}

export function productRoutes(options: ProductRoutesOptions): Router {
  const router = Router();
  addReadRoutes(router, options);
  addAdminRoutes(router, options);
  return router;
}

function addReadRoutes(router: Router, { deps, defaultCurrency }: ProductRoutesOptions): void {
  router.get('/products', async (req, res: Response<Schemas['ProductPage']>, next) => {
    const { ids: givenIds } = req.query;
    if (givenIds === undefined) return next();
    const others = knownMembers(ListProductsDto, req.query);
    const { ids } = parseInput(ProductsByIdDto, { ids: givenIds, ...others });
    const items = await getProductsById(ids, deps);
    const all = { total: items.length, totalIsExact: true, limit: 100, offset: 0, nextCursor: null };
    res.set('Cache-Control', freshForSeconds(5)).json({ items, ...all });
  });

  router.get('/products', async (req, res: Response<Schemas['ProductPage']>) => {
    const { limit, offset, search, ...filters } = parseQuery(ListProductsDto, req.query);
    if (filters.cursor !== undefined && offset > 0) throw offsetWithCursor();
    const wanted = withOneCurrency({ ...filters, ...(search && { text: search }) }, defaultCurrency);
    const page = await getProducts(limit, offset, wanted, deps);
    res.set('Cache-Control', freshForSeconds(5)).json({ ...page, limit, offset });
  });

  // Before `/products/:id`, which would take it for an id.
  router.get('/products/suggest', async (req, res: Response<Schemas['Suggestions']>) => {
    const { q } = parseQuery(SuggestDto, req.query);
    res.set('Cache-Control', freshForSeconds(60)).json({ items: await getSuggestions(q, deps) });
  });

  router.get('/products/:id', async (req, res: Response<Schemas['Product']>) => {
    const product = await getProduct(productId(req), deps);
    if (hasTag(req.get('If-None-Match'), productETag(product))) res.status(304);
    sendProduct(res, product);
  });

  router.post('/products/stock', async (req, res: Response<Schemas['StockReply']>) => {
    const { ids } = parseInput(StockLookUpDto, req.body);
    res.set('Cache-Control', 'no-store').json(await getProductStock(ids, deps));
  });
}

function addAdminRoutes(router: Router, { deps, tokens, defaultCurrency }: ProductRoutesOptions): void {
  const admin = [requireUser(tokens), requireAdmin('catalog:write')];
  const by = (req: Request, res: Response) => ({ ...deps, by: actorOf(req, res) });

  router.post('/products', ...admin, async (req, res: Response<Schemas['Product']>) => {
    const given = parseInput(CreateProductDto, req.body);
    const product = await createProduct(toNewProduct(given, defaultCurrency), by(req, res));
    res.status(201).location(`/products/${product.id}`);
    sendProduct(res, product);
  });

  router.patch('/products/:id', ...admin, async (req, res: Response<Schemas['Product']>) => {
    const { stock, version, ...content } = parseInput(UpdateProductDto, req.body);
    const input = { id: productId(req), revisions: allowedRevisions(req.get('If-Match')) };
    sendProduct(res, await updateProduct({ ...input, content, stock, version }, by(req, res)));
  });

  router.delete('/products/:id', ...admin, async (req, res: Response<Schemas['Deleted']>) => {
    const id = productId(req);
    await deleteProduct({ id, revisions: allowedRevisions(req.get('If-Match')) }, by(req, res));
    res.json({ id });
  });
}

/** Lists and suggestions are the same for every caller, and may be a little old; Express gives them a weak ETag. */
const freshForSeconds = (seconds: number) => `public, max-age=${seconds}`;

const offsetWithCursor = () =>
  problem('validation-failed', {
    errors: [{ field: 'offset', message: 'must be left out, or 0, when there is a cursor' }],
  });

const productId = (req: Request) => parseInput(ProductPathDto, { id: req.params['id'] }).id;

/** The default `no-cache` stays: changes are made against the ETag, and stock may be sold at any moment. */
function sendProduct(res: Response<Schemas['Product']>, product: Product): void {
  res.set('ETag', productETag(product)).json(product);
}
