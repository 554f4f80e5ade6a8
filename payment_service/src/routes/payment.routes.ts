import { fields } from '@shop/contracts';
import {
  bearerToken,
  createRequestRate,
  currentUser,
  requireUser,
  type TokenVerifier,
} from '@shop/service-kit';
import { type RequestHandler, type Response, Router } from 'express';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import type { PaymentDeps } from '../services/deps.ts';
import { CreatePayment, VerifyPayment } from '../services/payment.service.ts';

export function paymentRoutes(verifier: TokenVerifier, deps: PaymentDeps): Router {
  const { gateway } = deps;
  const router = Router();
  const rate = createRequestRate('payments-per-user', deps.config.paymentsPerUser);
  const countUser: RequestHandler = async (_req, res, next) => {
    await rate.count(res, String(currentUser(res).id));
    next();
  };
  const user = [requireUser(verifier), countUser];

  router.post('/create-payment', ...user, async (req, res: Response<Schemas['PaymentToConfirm']>) => {
    const orderNumber = readOrderNumber(req.body);
    const token = bearerToken(req);
    const data = await CreatePayment(currentUser(res).id, orderNumber, gateway, { ...deps, token });
    res.set('Cache-Control', 'no-store').json({ message: 'The payment can be confirmed.', data });
  });

  router.post('/verify-payment/:id', ...user, async (req, res: Response<Schemas['PaymentState']>) => {
    const paymentId = String(req.params['id']);
    const status = await VerifyPayment(paymentId, gateway, {
      ...deps,
      user: currentUser(res),
      token: bearerToken(req),
    });
    res.json({ message: `The payment is ${status}.`, status });
  });

  return router;
}

const orderNumberPattern = new RegExp(fields.orderNumber.pattern);

function readOrderNumber(body: unknown): string {
  const { orderNumber } = (body ?? {}) as { orderNumber?: unknown };
  if (typeof orderNumber === 'string' && orderNumberPattern.test(orderNumber)) return orderNumber;
  const message = 'must be an order number: 8 to 64 letters, digits, "-" or "_"';
  throw problem('validation-failed', { errors: [{ field: 'orderNumber', message }] });
}
