import type { Role } from '@shop/contracts';
import { ConfigError, type Environment, flag, readSettings, text } from '@shop/service-kit';
import type { Credentials, Registration } from './domain/account-input.ts';
import { emailRule, shownEmail } from './domain/email.ts';
import { newPasswordRule } from './domain/password-rules.ts';

export type SeedAccount = Registration & {
  readonly role: Role;
  /** By the settings, not by the demo. */
  readonly isGiven: boolean;
};

const demoAdmin = { email: 'admin@shop.test', password: 'admin-password', settings: 'SEED_ADMIN' };
const demoCustomer = { email: 'demo@shop.test', password: 'demo-password', settings: 'SEED_DEMO' };

/** Only SHOP_DEMO makes accounts whose passwords everybody can read here; `settings` replace them. */
export const demoLogins: readonly (Credentials & { readonly settings: string })[] = [demoAdmin, demoCustomer];

/**
 * Which accounts to make: those that are given, and in a demo an administrator and a customer.
 * @throws ConfigError naming everything that is wrong
 */
export function readSeedAccounts(environment: Environment): readonly SeedAccount[] {
  const settings = readSettings(environment, {
    shopDemo: flag({ default: false }),
    seedAdminEmail: text({ default: '' }),
    seedAdminPassword: text({ default: '' }),
    seedDemoEmail: text({ default: '' }),
    seedDemoPassword: text({ default: '' }),
  });
  const { shopDemo } = settings;
  const admin = { email: settings.seedAdminEmail, password: settings.seedAdminPassword };
  const customer = { email: settings.seedDemoEmail, password: settings.seedDemoPassword };
  const problems = [
    ...problemsOf('SEED_ADMIN', admin, shopDemo),
    ...problemsOf('SEED_DEMO', customer, shopDemo),
  ];
  if (problems.length > 0) throw new ConfigError(problems);

  const seed = (given: Credentials, demo: Credentials, account: Pick<SeedAccount, 'username' | 'role'>) => {
    if (!shopDemo && !isGiven(given)) return [];
    const { email, password } = isGiven(given) ? given : demo;
    return [{ ...account, email: shownEmail(email), password, isGiven: isGiven(given) }];
  };
  return [
    ...seed(admin, demoAdmin, { username: 'admin', role: 'admin' }),
    ...seed(customer, demoCustomer, { username: 'demo', role: 'customer' }),
  ];
}

const isGiven = ({ email, password }: Credentials) => email !== '' || password !== '';

function problemsOf(prefix: string, login: Credentials, shopDemo: boolean): string[] {
  if (!isGiven(login)) return [];
  const found: [string, string | undefined][] = [
    [`${prefix}_EMAIL`, login.email === '' ? 'is missing beside its password' : emailRule(login.email)],
    [
      `${prefix}_PASSWORD`,
      login.password === '' ? 'is missing beside its email' : newPasswordRule(login)(login.password),
    ],
    [
      `${prefix}_PASSWORD`,
      !shopDemo && demoLogins.some(({ password }) => password === login.password)
        ? 'must not be that of a demo, which everybody can read'
        : undefined,
    ],
  ];
  return found.flatMap(([setting, problem]) => (problem === undefined ? [] : [`${setting} ${problem}`]));
}
