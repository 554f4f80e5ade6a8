import { type CheckWindows, checkShop, type Report, readShop } from '@shop/doctor';
import type { Environment } from '@shop/service-kit';
import { createStackDatabase } from '../database.ts';
import { offlineAccount, serviceUrls, variablesOf } from '../environments.ts';
import { keepSecrets } from '../secrets.ts';
import { readStackSettings } from '../settings.ts';

/**
 * {@link checkShop} for the shop that this environment speaks of, whether it runs in this process, in another, or in
 * one for each service.
 */
export async function checkThisShop(
  environment: Environment,
  workingDir: string,
  windows: CheckWindows = {},
): Promise<Report> {
  const settings = readStackSettings(environment, workingDir);
  const { host, ports, dataDir } = settings;
  const { doctorUrl } = createStackDatabase(settings, await keepSecrets(dataDir));
  const stripe = settings.stripe ?? offlineAccount(serviceUrls(host, ports).stripe);
  return checkShop(readShop({ ...environment, ...variablesOf(stripe), DATABASE_URL: doctorUrl }), windows);
}
