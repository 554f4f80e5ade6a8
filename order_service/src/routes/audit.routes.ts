import { auditQueryParser, bearerToken, requireAdministrator } from '@shop/service-kit';
import { type Response, Router } from 'express';
import { document, type Schemas } from '../generated/openapi.ts';
import { type AuditDeps, listAuditEvents } from '../services/audit.service.ts';

export function auditRoutes(deps: AuditDeps): Router {
  const router = Router();
  const parseQuery = auditQueryParser(document);
  router.get('/audit', requireAdministrator, async (req, res: Response<Schemas['AuditPage']>) => {
    res.json(await listAuditEvents(parseQuery(req.query), bearerToken(req), deps));
  });
  return router;
}
