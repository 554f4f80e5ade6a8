import { requireAdmin, requireUser, type TokenVerifier } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { TimelineRepository } from '../db/timeline.repository.ts';
import type { components } from '../generated/openapi.ts';
import { parseInput, parseQuery } from './dto/parse-input.ts';
import { TimelineDto, TimelinePathDto } from './dto/requests.dto.ts';

type Schemas = components['schemas'];

/** For order_service, with the token of the administrator who asks it; the gateway does not pass it on. */
export function timelineRoutes(tokens: TokenVerifier, timeline: TimelineRepository): Router {
  const router = Router();
  const admin = [requireUser(tokens), requireAdmin('orders:read')];
  router.get('/timeline/:orderNumber', ...admin, async (req, res: Response<Schemas['TimelinePart']>) => {
    const { orderNumber } = parseInput(TimelinePathDto, { orderNumber: req.params['orderNumber'] });
    const { ids } = parseQuery(TimelineDto, req.query);
    res.json({ items: await timeline.read(orderNumber, ids.split(',')) });
  });
  return router;
}
