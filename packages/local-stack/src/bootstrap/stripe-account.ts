/** What payment_service is to use: the caller's account at Stripe, or the offline one. */
export interface StripeAccount {
  readonly apiUrl: string;
  readonly secretKey: string;
  readonly publishableKey: string;
  /** None for the offline Stripe, whose secret is made here. */
  readonly webhookSecret?: string;
}

const offline: StripeAccount = {
  apiUrl: 'http://fake-stripe:12111',
  secretKey: 'sk_test_offline',
  publishableKey: 'pk_test_offline',
};

/**
 * With STRIPE_SECRET_KEY the real Stripe is used, and the other two settings of the account become necessary.
 * @throws Error naming those that are missing
 */
export function readStripeAccount(environment: Readonly<Record<string, string | undefined>>): StripeAccount {
  const given = (name: string) => environment[name]?.trim() ?? '';
  const secretKey = given('STRIPE_SECRET_KEY');
  if (secretKey === '') return offline;
  const missing = ['STRIPE_PUBLISHABLE_KEY', 'STRIPE_WEBHOOK_SECRET'].filter((name) => given(name) === '');
  if (missing.length > 0)
    throw new Error(`STRIPE_SECRET_KEY is set, so ${missing.join(' and ')} must be, too`);
  return {
    apiUrl: given('STRIPE_API_URL') || 'https://api.stripe.com',
    secretKey,
    publishableKey: given('STRIPE_PUBLISHABLE_KEY'),
    webhookSecret: given('STRIPE_WEBHOOK_SECRET'),
  };
}
