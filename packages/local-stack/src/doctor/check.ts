import { type CheckOptions, checkShop, type Report, type StripeAccount } from '@shop/doctor';
import type { Environment } from '@shop/service-kit';
import { createStackDatabase } from '../database.ts';
import { openDeadLetters } from '../dead-letters/open.ts';
import { offlineAccount, serviceUrls } from '../environments.ts';
import { keepSecrets } from '../secrets.ts';
import { readStackSettings, type StackSettings } from '../settings.ts';

/**
 * {@link checkShop} for the shop that this environment speaks of, whether it runs in this process, in another, or in
 * one for each service.
 */
export async function checkThisShop(
  environment: Environment,
  workingDir: string,
  options: Pick<CheckOptions, 'sinceSeconds' | 'settleSeconds' | 'onProgress'> = {},
): Promise<Report> {
  const settings = readStackSettings(environment, workingDir);
  const stripe = stripeOf(settings);
  const { doctorUrl } = createStackDatabase(settings, await keepSecrets(settings.dataDir));
  const deadLetters = await openDeadLetters(environment, workingDir, doctorUrl);
  try {
    return await checkShop({ ...options, databaseUrl: doctorUrl, stripe, deadLetters });
  } finally {
    await deadLetters.close();
  }
}

function stripeOf({ stripe, host, ports }: StackSettings): StripeAccount {
  const { stripeSecretKey: secretKey, stripeApiUrl: apiUrl } =
    stripe ?? offlineAccount(serviceUrls(host, ports).stripe);
  return { secretKey, apiUrl };
}
