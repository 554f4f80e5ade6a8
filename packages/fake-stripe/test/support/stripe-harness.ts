import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeStripe, type FakeStripe, type FakeStripeOptions } from '@shop/fake-stripe';
import Stripe from 'stripe';

export const SECRET = 'whsec_for_tests';
const QUICK = { first: 20, cap: 100 };

export interface Running {
  stripe: Stripe;
  fake: FakeStripe;
  port: number;
  url: string;
  stop: () => Promise<void>;
}

/** A fake Stripe on a free port with the real SDK pointed at it. */
export async function startStripe(options: Partial<FakeStripeOptions> = {}): Promise<Running> {
  const fake = createFakeStripe({ webhooks: [], retryDelaysMs: QUICK, ...options });
  const { port, url } = await fake.start();
  return { fake, port, url, stripe: sdkFor(port), stop: () => fake.stop() };
}

/** The SDK, without retries of its own. */
export function sdkFor(port: number, key = 'sk_test_123'): Stripe {
  const address = { host: '127.0.0.1', port, protocol: 'http' } as const;
  return new Stripe(key, { ...address, maxNetworkRetries: 0, telemetry: false });
}

/** The error a call ends with; fails when it ends without one. */
export async function failure(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call;
  } catch (error) {
    return error as Stripe.errors.StripeError;
  }
  throw new Error('the call was expected to fail');
}

/** A folder for one test file's journals. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'fake-stripe-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
