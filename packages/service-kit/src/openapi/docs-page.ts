import { Router } from 'express';
import { serveFiles, setup } from 'swagger-ui-express';
import { pageHeaders } from '../http/security-headers.ts';
import { routeNotFound } from '../problems/problem-handler.ts';

export interface DocsPageOptions {
  readonly title: string;
  /** The OpenAPI documents to choose from, and where the page finds them: below its own origin. */
  readonly documents: readonly { readonly name: string; readonly url: string }[];
}

/** `GET /docs`: a page that shows OpenAPI documents, and where each request can be tried. */
export function docsPage({ title, documents }: DocsPageOptions): Router {
  const [first] = documents;
  const several = documents.length > 1;
  const options = {
    customSiteTitle: title,
    explorer: several,
    swaggerOptions: {
      ...(several ? { urls: documents } : { url: first?.url }),
      persistAuthorization: true,
      tryItOutEnabled: true,
      // Else it hands the document's address to a validator on the internet.
      validatorUrl: null,
    },
  };
  const router = Router();
  router.use('/docs', pageHeaders);
  // Swagger UI brings a page of its own along, about pets.
  router.use('/docs/index.html', (_req, res) => res.redirect('../docs/'));
  // It refuses these itself, without a problem document.
  router.use('/docs', (req, res, next) =>
    req.url.includes('/package.json') ? routeNotFound(req, res, next) : next(),
  );
  // Not its `serve`, which keeps one document for the whole process.
  router.use('/docs', serveFiles(undefined, options));
  router.get('/docs', setup(undefined, options));
  return router;
}
