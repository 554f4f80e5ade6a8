import type { Environment } from '@shop/service-kit';
import pc from 'picocolors';
import type { Stack } from './stack.ts';

type Write = (text: string) => void;

/** Prints each step of the boot as it happens, with the time that it took. */
export function showProgress(write: Write): (step: string) => () => void {
  return (step) => {
    const startedAt = performance.now();
    return () => {
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      write(`  ${pc.green('✓')} ${step.padEnd(18)} ${pc.dim(`${seconds} s`)}\n`);
    };
  };
}

export interface FirstScreen {
  readonly urls: Stack['urls'];
  readonly environment: Environment;
  readonly realStripe: boolean;
  readonly databaseUrl: string;
  readonly logFile: string;
  readonly seconds: number;
}

/** What a newcomer sees once the shop runs: where everything is, who to log in as, and what to try next. */
export function firstScreen(screen: FirstScreen): string {
  const { urls, environment, realStripe, databaseUrl, logFile, seconds } = screen;
  const login = (prefix: string, email: string, password: string) =>
    `${environment[`${prefix}_EMAIL`] || email} / ${environment[`${prefix}_PASSWORD`] || password}`;
  const stripe = realStripe ? 'Stripe, your account' : `${urls.stripe}  (offline; card: pm_card_visa)`;
  const rows: readonly (readonly [string, string])[] = [
    ['storefront API', `${urls.storefront}/api`],
    ['API docs', `${urls.storefront}/docs`],
    ['user_service', urls.user],
    ['catalog_service', urls.catalog],
    ['order_service', urls.order],
    ['payment_service', urls.payment],
    ['Stripe', stripe],
    ['PostgreSQL', databaseUrl.replace(/\/\/[^@]*@/, '//')],
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
