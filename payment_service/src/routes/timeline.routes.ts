import { fields } from '@shop/contracts';
import { requireAdmin, requireUser, type TokenVerifier } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { PaymentGateway } from '../domain/payment-gateway.ts';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';

/** For order_service, with the token of the administrator who asks it; the gateway does not pass it on. */
export function timelineRoutes(verifier: TokenVerifier, gateway: PaymentGateway): Router {
  const router = Router();
  const admin = [requireUser(verifier), requireAdmin('orders:read')];
  router.get('/timeline/:orderNumber', ...admin, async (req, res: Response<Schemas['TimelinePart']>) => {
    const orderNumber = String(req.params['orderNumber']);
    res.json({ items: await gateway.readTimeline(...readRequest(orderNumber, req.query['ids'])) });
  });
  return router;
}

const orderNumberPattern = new RegExp(fields.orderNumber.pattern);
const idsPattern = /^[A-Za-z0-9_,]{0,10000}$/;

function readRequest(orderNumber: string, ids: unknown = ''): [orderNumber: string, paymentIds: string[]] {
  const errors = [
    ...(orderNumberPattern.test(orderNumber)
      ? []
      : [{ field: 'orderNumber', message: 'must be an order number' }]),
    ...(typeof ids === 'string' && idsPattern.test(ids)
      ? []
      : [{ field: 'ids', message: 'must be ids of payments, separated by commas' }]),
  ];
  if (errors.length > 0) throw problem('validation-failed', { errors });
  return [
    orderNumber,
    String(ids)
      .split(',')
      .filter((id) => /^pi_\w+$/.test(id)),
  ];
}
