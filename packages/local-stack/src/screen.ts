import process from 'node:process';
import pc from 'picocolors';
import { isDemo } from './demo-setting.ts';
import type { Stack } from './stack.ts';

export const print = (text: string) => void process.stdout.write(text);

/** Runs a step of the boot, and prints it with the time that it took. */
export async function showStep<T>(name: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  print(`  ${pc.green('✓')} ${name.padEnd(18)} ${pc.dim(`${seconds} s`)}\n`);
  return result;
}

/** What a newcomer sees once the shop runs: where everything is, who to log in as, and what to try next. */
export function firstScreen(
  { urls, databaseUrl, fakeStripe, fakeMail }: Stack,
  environment: NodeJS.ProcessEnv,
  logFile: string,
  seconds: number,
): string {
  const login = (name: string, prefix: string, email: string, password: string): [string, string][] => {
    const given = environment[`${prefix}_EMAIL`];
    if (!isDemo(environment['SHOP_DEMO']) && !given) return [];
    return [[name, `${given || email} / ${environment[`${prefix}_PASSWORD`] || password}`]];
  };
  const stripe = fakeStripe ? `${urls.stripe}  (offline; card: pm_card_visa)` : 'Stripe, your account';
  const card = fakeStripe ? '  (card: 4242 4242 4242 4242)' : '';
  const rows: readonly (readonly [string, string])[] = [
    ['demo shop', `${urls.storefront.replace('127.0.0.1', 'localhost')}${card}`],
    ['storefront API', `${urls.storefront}/api`],
    ['API docs', `${urls.storefront}/docs`],
    ['user_service', urls.user],
    ['catalog_service', urls.catalog],
    ['order_service', urls.order],
    ['payment_service', urls.payment],
    ['Stripe', stripe],
    ['mails', fakeMail ? urls.mail : 'by your mail server'],
    ['PostgreSQL', databaseUrl('orders').replace(/\/\/[^@]*@/, '//')],
    ['log', logFile],
    ...login('customer', 'SEED_DEMO', 'demo@shop.test', 'demo-password'),
    ...login('administrator', 'SEED_ADMIN', 'admin@shop.test', 'admin-password'),
  ];
  const table = rows.map(([name, value]) => `  ${pc.bold(name.padEnd(16))} ${value}`).join('\n');
  return [
    '',
    `${pc.green('The shop is open')} ${pc.dim(`(${seconds.toFixed(1)} s)`)}`,
    '',
    table,
    '',
    `  Open ${pc.cyan(urls.storefront.replace('127.0.0.1', 'localhost'))} in a browser and buy something, as a guest or as one of these two.`,
    `  Or, in another terminal:  ${pc.cyan('npx pnpm demo')}  or  ${pc.cyan(`curl '${urls.storefront}/api/products?search=headphones'`)}`,
    `  ${pc.dim('Ctrl-C stops everything; your data stays. `npx pnpm start --reset` starts over.')}`,
    '',
    '',
  ].join('\n');
}
