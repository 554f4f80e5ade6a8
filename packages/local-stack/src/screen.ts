import process from 'node:process';
import pc from 'picocolors';
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
  { urls, databaseUrl, fakeStripe }: Stack,
  environment: NodeJS.ProcessEnv,
  logFile: string,
  seconds: number,
): string {
  const login = (prefix: string, email: string, password: string) =>
    `${environment[`${prefix}_EMAIL`] || email} / ${environment[`${prefix}_PASSWORD`] || password}`;
  const stripe = fakeStripe ? `${urls.stripe}  (offline; card: pm_card_visa)` : 'Stripe, your account';
  const rows: readonly (readonly [string, string])[] = [
    ['storefront API', `${urls.storefront}/api`],
    ['API docs', `${urls.storefront}/docs`],
    ['user_service', urls.user],
    ['catalog_service', urls.catalog],
    ['order_service', urls.order],
    ['payment_service', urls.payment],
    ['Stripe', stripe],
    ['PostgreSQL', databaseUrl('orders').replace(/\/\/[^@]*@/, '//')],
    ['log', logFile],
    ['customer', login('SEED_DEMO', 'demo@shop.test', 'demo-password')],
    ['administrator', login('SEED_ADMIN', 'admin@shop.test', 'admin-password')],
  ];
  const table = rows.map(([name, value]) => `  ${pc.bold(name.padEnd(16))} ${value}`).join('\n');
  return [
    '',
    `${pc.green('The shop is open')} ${pc.dim(`(${seconds.toFixed(1)} s)`)}`,
    '',
    table,
    '',
    `  Try next, in another terminal:  ${pc.cyan('npx pnpm demo')}  or  ${pc.cyan(`curl '${urls.storefront}/api/products?search=headphones'`)}`,
    `  ${pc.dim('Ctrl-C stops everything; your data stays. `npx pnpm start --reset` starts over.')}`,
    '',
    '',
  ].join('\n');
}
