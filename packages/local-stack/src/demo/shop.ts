import {
  type AnyProblem,
  createShopClient,
  orThrow,
  ProblemError,
  type Result,
  type ShopClient,
} from '@shop/client';
import { type Environment, readSettings, text, url } from '@shop/service-kit';
import { readAdministrator } from '../administrator-settings.ts';

/** The card is Stripe's own test card, or another to see it refused. */
export const readDemoSettings = (environment: Environment) => ({
  ...readAdministrator(environment),
  ...readSettings(environment, {
    shopApiUrl: url({ default: `http://127.0.0.1:${environment['STOREFRONT_PORT'] ?? '3000'}/api` }),
    stripeClientUrl: url({ default: `http://127.0.0.1:${environment['FAKE_STRIPE_PORT'] ?? '12111'}` }),
    demoCard: text({ default: 'pm_card_visa' }),
  }),
});

export type DemoSettings = ReturnType<typeof readDemoSettings>;

/** Tells of a step that went as promised. */
export type Say = (step: string, result: string) => void;

/** A step that did not go as promised; the message says which, what came instead, and what to do. */
export class StepFailed extends Error {
  constructor(step: string, problem: string) {
    super(`${step}: ${problem}`);
    this.name = 'StepFailed';
  }
}

const limitMs = 10_000;
/** How long a shop that asks for a retry gets one. */
const retryMs = 20_000;

export const openClient = ({ shopApiUrl }: DemoSettings, maxWaitMs = retryMs): ShopClient =>
  createShopClient({ url: shopApiUrl, timeoutMs: limitMs, maxWaitMs });

/**
 * What a call returns.
 * @throws StepFailed when the shop refuses
 */
export async function expectData<Data, Problem extends AnyProblem>(
  step: string,
  call: Promise<Result<Data, Problem>>,
): Promise<Data> {
  try {
    return await orThrow(call);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new StepFailed(step, `${error.problem.status} ${error.problem.code}: ${error.message}`);
  }
}

/**
 * What Stripe.js does in a browser: confirms the payment with the client secret.
 * @throws StepFailed when Stripe refuses
 */
export async function payByCard(
  { stripeClientUrl, demoCard }: DemoSettings,
  {
    paymentId,
    secret,
    pubKey,
  }: { readonly paymentId: string; readonly secret: string | null; readonly pubKey: string },
): Promise<void> {
  const step = 'paid by card';
  const reply = await fetch(`${stripeClientUrl}/v1/payment_intents/${paymentId}/confirm`, {
    method: 'POST',
    body: new URLSearchParams({ key: pubKey, client_secret: secret ?? '', payment_method: demoCard }),
    signal: AbortSignal.timeout(limitMs),
  });
  const body = await reply.text();
  if (!reply.ok) throw new StepFailed(step, `expected 200, got ${reply.status}: ${body}`);
  const { status } = JSON.parse(body);
  if (status !== 'succeeded') throw new StepFailed(step, `Stripe says ${status}`);
}
