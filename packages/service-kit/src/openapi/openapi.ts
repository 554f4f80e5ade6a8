import { Router } from 'express';
import type { ContractDocument } from './contract-document.ts';
import { docsPage } from './docs-page.ts';

/** `GET /openapi.json`, and `GET /docs`: a page where each request can be tried. */
export function openApiRoutes(document: ContractDocument): Router {
  const router = Router();
  router.get('/openapi.json', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=60').json(document);
  });
  const { title } = document.info;
  router.use(docsPage({ title, documents: [{ name: title, url: '../openapi.json' }] }));
  return router;
}
