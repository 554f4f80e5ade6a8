import { type ContractDocument, docsPage } from '@shop/service-kit';
import { Router } from 'express';
import { type ServiceKey, serviceKeys, serviceOf } from './route-table.ts';
import type { ServiceProxy } from './service-proxy.ts';

/** A service that is replaced shows its new document after this. */
const freshMs = 10_000;

/** `GET /docs`, for all services, and below `/openapi` the documents that it shows. */
export function documentRoutes(proxies: Readonly<Record<ServiceKey, ServiceProxy>>): Router {
  const router = Router();
  for (const key of serviceKeys) {
    const read = keepFor(freshMs, async () => throughGateway(key, await proxies[key].readDocument()));
    router.get(`/openapi/${key}.json`, async (_req, res) => {
      res.json(await read());
    });
  }
  const documents = serviceKeys.map((key) => ({ name: `${key}_service`, url: `../openapi/${key}.json` }));
  return router.use(docsPage({ title: 'The shop', documents }));
}

/** A service's document as it holds for a caller of the gateway: below `/api`, and only what is passed on. */
function throughGateway(key: ServiceKey, document: ContractDocument): ContractDocument {
  const passedOn = Object.entries(document.paths).filter(([path]) => serviceOf(path) === key);
  return { ...document, servers: [{ url: '/api' }], paths: Object.fromEntries(passedOn) };
}

function keepFor<T>(milliseconds: number, read: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  const forget = () => {
    kept = undefined;
  };
  return () => {
    if (kept === undefined) {
      kept = read();
      kept.catch(forget);
      setTimeout(forget, milliseconds).unref();
    }
    return kept;
  };
}
