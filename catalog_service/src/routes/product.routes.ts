import { requireAdmin, requireUser, type TokenVerifier } from '@shop/service-kit';
import { type Request, type Response, Router } from 'express';
import type { Product } from '../domain/product.ts';
import {
  type CatalogDeps,
  createProduct,
  deleteProduct,
  getProduct,
  getProductStock,
  getProducts,
  updateProduct,
} from '../services/catalog.service.ts';
import { parseInput } from './dto/parse-input.ts';
import { CreateProductDto, UpdateProductDto } from './dto/product.dto.ts';
import { ListProductsDto, ProductPathDto, StockLookUpDto } from './dto/requests.dto.ts';
import { hasTag, matchedRevisions, productETag } from './etag.ts';

export interface ProductRoutesOptions {
  readonly deps: CatalogDeps;
  readonly tokens: TokenVerifier;
  /** Of products that name none. */
  readonly defaultCurrency: string;
}

export function productRoutes({ deps, tokens, defaultCurrency }: ProductRoutesOptions): Router {
  const router = Router();
  const admin = [requireUser(tokens), requireAdmin];

  router.get('/products', async (req, res) => {
    const { limit, offset, search, ...filters } = parseInput(ListProductsDto, { ...req.query });
    const page = await getProducts(limit, offset, { ...filters, ...(search && { text: search }) }, deps);
    res.json({ ...page, limit, offset });
  });

  router.post('/products/stock', async (req, res) => {
    const { ids } = parseInput(StockLookUpDto, req.body);
    res.set('Cache-Control', 'no-store').json(await getProductStock(ids, deps));
  });

  router.get('/products/:id', async (req, res) => {
    const product = await getProduct(productId(req), deps);
    if (hasTag(req.get('If-None-Match'), productETag(product))) res.status(304);
    sendProduct(res, product);
  });

  router.post('/products', ...admin, async (req, res) => {
    const given = parseInput(CreateProductDto, req.body);
    const { currency = defaultCurrency, category = null, tags = [], imageUrl = null } = given;
    const product = await createProduct({ ...given, currency, category, tags, imageUrl }, deps);
    res.status(201).location(`/products/${product.id}`);
    sendProduct(res, product);
  });

  router.patch('/products/:id', ...admin, async (req, res) => {
    const { stock, version, ...content } = parseInput(UpdateProductDto, req.body);
    const input = { id: productId(req), revisions: matchedRevisions(req.get('If-Match')) };
    sendProduct(res, await updateProduct({ ...input, content, stock, version }, deps));
  });

  router.delete('/products/:id', ...admin, async (req, res) => {
    const id = productId(req);
    await deleteProduct({ id, revisions: matchedRevisions(req.get('If-Match')) }, deps);
    res.json({ id });
  });

  return router;
}

const productId = (req: Request) => parseInput(ProductPathDto, { id: req.params['id'] }).id;

function sendProduct(res: Response, product: Product): void {
  res.set({ ETag: productETag(product), 'Cache-Control': 'no-cache' }).json(product);
}
