import { type Response, Router } from 'express';
import type { components } from '../generated/openapi.ts';
import { type CatalogDeps, getProductGroup } from '../services/catalog.service.ts';
import { parseInput } from './dto/parse-input.ts';
import { GroupPathDto } from './dto/requests.dto.ts';

export function groupRoutes(deps: CatalogDeps): Router {
  const router = Router();
  router.get('/product-groups/:id', async (req, res: Response<components['schemas']['ProductGroup']>) => {
    const { id } = parseInput(GroupPathDto, { id: req.params['id'] });
    res.set('Cache-Control', 'public, max-age=5').json(await getProductGroup(id, deps));
  });
  return router;
}
