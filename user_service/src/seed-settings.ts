import type { Role } from '@shop/contracts';
import { ConfigError, type Environment, flag, readSettings, text } from '@shop/service-kit';
import type { Credentials, Registration } from './domain/account-input.ts';
import { newPasswordRule } from './domain/account-rules.ts';
import { emailRule, shownEmail } from './domain/email.ts';

export type SeedAccount = Registration & { readonly role: Role };

/** Only SHOP_DEMO makes accounts whose passwords everybody can read here. */
const demoLogins = {
  admin: { email: 'admin@shop.test', password: 'admin-password' },
  customer: { email: 'demo@shop.test', password: 'demo-password' },
};

/**
 * Which accounts to make: in a demo an administrator and a customer; otherwise an administrator if one is given.
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
  const admin = { email: settings.seedAdminEmail, password: settings.seedAdminPassword };
  const customer = { email: settings.seedDemoEmail, password: settings.seedDemoPassword };
  const problems = [...problemsOf('SEED_ADMIN', admin), ...problemsOf('SEED_DEMO', customer)];
  if (problems.length > 0) throw new ConfigError(problems);

  const seedAccounts: SeedAccount[] = [];
  if (settings.shopDemo || isGiven(admin)) {
    const login = isGiven(admin) ? admin : demoLogins.admin;
    seedAccounts.push({ username: 'admin', role: 'admin', ...kept(login) });
  }
  if (settings.shopDemo) {
    const login = isGiven(customer) ? customer : demoLogins.customer;
    seedAccounts.push({ username: 'demo', role: 'customer', ...kept(login) });
  }
  return seedAccounts;
}

const isGiven = ({ email, password }: Credentials) => email !== '' || password !== '';

const kept = ({ email, password }: Credentials) => ({ email: shownEmail(email), password });

function problemsOf(prefix: string, login: Credentials): string[] {
  if (!isGiven(login)) return [];
  const found: [string, string | undefined][] = [
    [`${prefix}_EMAIL`, login.email === '' ? 'is missing beside its password' : emailRule(login.email)],
    [
      `${prefix}_PASSWORD`,
      login.password === '' ? 'is missing beside its email' : newPasswordRule(login.password),
    ],
  ];
  return found.flatMap(([setting, problem]) => (problem === undefined ? [] : [`${setting} ${problem}`]));
}
