import { inWholeUnits } from '@shop/money';
import { type Request, type RequestHandler, Router } from 'express';
import { type ApiDeps, execute, readRequest } from './api.ts';
import { checkClientSecret } from './keys.ts';
import type { PaymentIntent } from './objects.ts';
import { fail, findPaymentIntent, succeed } from './payment-intents.ts';
import { type ApiRequest, ok, type Reply } from './request.ts';

/** The bank's page, where a card is sent that wants a second step. The client secret in its address opens it. */
export function authenticationPage(deps: ApiDeps): Router {
  const read = (req: Request) => {
    const request = readRequest(deps, req);
    checkClientSecret(request);
    return request;
  };
  const show: RequestHandler = (req, res) => {
    res.type('html').send(pageOf(findPaymentIntent(read(req))));
  };
  const decide: RequestHandler = (req, res) => {
    const request = read(req);
    const returnUrl = findPaymentIntent(request).next_action?.redirect_to_url?.return_url;
    execute(deps, authenticate, request);
    const intent = findPaymentIntent(request);
    if (returnUrl && URL.canParse(returnUrl)) res.redirect(303, addressOf(returnUrl, intent));
    else res.type('html').send(pageOf(intent));
  };
  return Router().get('/:id', show).post('/:id', decide);
}

/** The customer's decision, `outcome=succeed` or anything else. */
function authenticate(request: ApiRequest): Reply {
  const intent = findPaymentIntent(request);
  if (intent.status !== 'requires_action') return ok(intent);
  if (request.params['outcome'] === 'succeed') return ok(succeed(request, intent));
  const error = {
    type: 'invalid_request_error',
    code: 'payment_intent_authentication_failure',
    message: 'The provided PaymentMethod has failed authentication.',
  } as const;
  return ok(fail(request, intent, error));
}

/** Where the customer goes afterwards, with the parameters that Stripe adds. */
function addressOf(returnUrl: string, { id, client_secret: secret, status }: PaymentIntent): string {
  const address = new URL(returnUrl);
  address.searchParams.set('payment_intent', id);
  address.searchParams.set('payment_intent_client_secret', secret);
  address.searchParams.set('redirect_status', status === 'succeeded' ? 'succeeded' : 'failed');
  return address.href;
}

function pageOf({ status, amount, currency }: PaymentIntent): string {
  const content =
    status === 'requires_action'
      ? `<p>Approve a payment of ${inWholeUnits(amount, currency)} ${currency}?</p>
<form method="post"><button name="outcome" value="succeed">Approve</button> <button name="outcome" value="fail">Refuse</button></form>`
      : `<p>This payment is ${status}.</p>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Test bank</title><h1>Test bank</h1>${content}</html>`;
}
